"""How many examples a limit would cut, counted before a run as the run itself will count them."""

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from studio.engine.folder_tokenizer import folder_tokenizer
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import ModelFolder, find_model
from studio.settings import Settings
from studio.store.database import Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows
from studio.tuning.encoding import encode
from studio.tuning.forecast import lengths
from studio.tuning.lengths import MOST_COUNTED, Length, Lengths, lengths_of_rows, lengths_seen
from studio.tuning.plan import read_rows
from tests.tuning.conftest import TEMPLATE, write_rows


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    """A tokenizer without weights; every word, mark and blank is a token."""
    folder = tmp_path_factory.mktemp("words")
    words = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
    words.pre_tokenizer = pre_tokenizers.Split(Regex(r"</?\w+>|\w+|."), "isolated")
    words.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "</s>"}))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return ModelFolder("owner/words", folder, "", present=False)


def rows_of(*words: int) -> list[dict[str, Any]]:
    return [Candidate(n, "How long", "word " * count).content for n, count in enumerate(words)]


@pytest.mark.parametrize("limit", [8, 12, 14, 15, 16, 40])
def test_the_counts_are_those_of_training(model: ModelFolder, tmp_path: Path, limit: int) -> None:
    write_rows(tmp_path / "rows.jsonl", range(12))
    rows = [*read_rows(tmp_path / "rows.jsonl"), Candidate(1, "", "pumps hum " * 9).content]
    trained = encode(rows, folder_tokenizer(model.path), limit)
    found = lengths_of_rows(model, rows)
    seen = lengths_seen(found, limit)
    assert (seen.cut, seen.left_out, seen.exact) == (trained.cut, trained.left_out, True)
    pieces = [tokens for one in found.counted for tokens in one.pieces(limit)]
    assert sorted(pieces) == sorted(len(row.tokens) for row in trained.rows)


def test_the_rows_to_be_cut_are_said_before_the_start(model: ModelFolder) -> None:
    seen = lengths_seen(lengths_of_rows(model, rows_of(1, 2, 40)), 30)
    assert seen.sentence == "1 of 3 examples is longer than 30 tokens and would be cut."


def test_nothing_cut_is_said_with_the_longest(model: ModelFolder) -> None:
    seen = lengths_seen(lengths_of_rows(model, rows_of(1, 2, 3)), 512)
    assert seen.sentence == f"Nothing is cut: the longest of 3 examples has {seen.longest} tokens."


def test_percentiles_are_lengths_of_examples() -> None:
    found = Lengths(tuple(Length(1, n, is_text=False) for n in range(1, 101)), 100, by_tokenizer=True)
    seen = lengths_seen(found, None)
    assert (seen.p50, seen.p95, seen.p99, seen.longest) == (50, 95, 99, 100)


def test_of_ten_thousand_rows_a_sample_is_counted(model: ModelFolder) -> None:
    words = [n % 100 for n in range(10_000)]
    seen = lengths_seen(lengths_of_rows(model, rows_of(*words)), 100)
    expected = sum(2 * count + 11 > 100 for count in words)
    assert not seen.exact and seen.counted <= MOST_COUNTED
    assert abs(seen.cut - expected) < 10
    assert seen.sentence.endswith(f"(counted on {seen.counted:,} of them).")


def test_without_a_tokenizer_the_answer_is_called_an_estimate(tmp_path: Path) -> None:
    absent = ModelFolder("owner/absent", tmp_path, "", present=False)
    seen = lengths_seen(lengths_of_rows(absent, rows_of(1, 2000)), 512)
    assert (seen.cut, seen.exact, seen.counted) == (1, False, 0)
    assert "estimated from their bytes" in seen.sentence


@pytest.mark.postgres
def test_the_rows_that_train_are_counted_and_no_others(room: Workspace, bundled: Path) -> None:
    rows = [Candidate(n, f"How heavy is press {n}?", "heavy " * n) for n in range(60)]
    version_id = save_rows(room, "presses", rows)
    model = find_model(CHAT_MODEL, room.settings)
    seen = lengths(room, model, version_id, 64)
    assert seen.exact and seen.examples < 60
    assert 0 < seen.cut < seen.examples
    assert lengths(room, model, version_id, 0).cut == 0


@pytest.mark.postgres
def test_the_bundled_model_counts_with_its_own_tokenizer(settings: Settings, bundled: Path) -> None:
    found = lengths_of_rows(find_model(CHAT_MODEL, settings), rows_of(10))
    assert found.by_tokenizer
