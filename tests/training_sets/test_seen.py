"""The preview of an example: the model's text, what is learned, what is cut."""

import json
from pathlib import Path

import pytest
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from studio.engine.folder_tokenizer import FolderTokenizer, folder_tokenizer
from studio.models.folders import write_manifest
from studio.settings import Settings
from studio.training_sets.examples import Candidate
from studio.training_sets.quality import Checking, examine
from studio.training_sets.quality.labels import LENGTH_STEP, LONGEST_STEPPED
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.seen import (
    Piece,
    lengths,
    seen,
    template_tokens,
    tokenizers_here,
)
from studio.training_sets.versions.against import measured
from studio.web.parts.figures import cut_at

TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"  # noqa: E501
SAMPLE = Path(__file__).parents[2] / "samples" / "examples.csv"
PAIR = Candidate(2, "How long", "41 minutes or so").content


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> FolderTokenizer:
    """Every word, mark and blank is a token."""
    folder = tmp_path_factory.mktemp("words")
    words = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
    words.pre_tokenizer = pre_tokenizers.Split(Regex(r"</?\w+>|\w+|."), "isolated")
    words.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": "</s>"}))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return folder_tokenizer(folder)


def test_the_completion_and_its_end_are_learned(tokenizer: FolderTokenizer) -> None:
    view = seen(tokenizer, PAIR, 100)
    assert view.pieces == (
        Piece("<user>How long</s><assistant>", trained=False, cut=False),
        Piece("41 minutes or so</s>", trained=True, cut=False),
    )
    assert (view.tokens, view.trained_tokens, view.cut_tokens) == (14, 8, 0)


def test_what_does_not_fit_is_cut_at_its_end(tokenizer: FolderTokenizer) -> None:
    view = seen(tokenizer, PAIR, 10)
    assert view.pieces[1:] == (
        Piece("41 minutes ", trained=True, cut=False),
        Piece("or so</s>", trained=False, cut=True),
    )
    assert (view.trained_tokens, view.cut_tokens) == (4, 4)


def test_nothing_is_learned_when_the_question_alone_fills_the_limit(tokenizer: FolderTokenizer) -> None:
    view = seen(tokenizer, PAIR, 6)
    assert all(piece.cut and not piece.trained for piece in view.pieces)
    assert (view.trained_tokens, view.cut_tokens) == (0, 14)


def test_plain_text_is_never_cut(tokenizer: FolderTokenizer) -> None:
    view = seen(tokenizer, Candidate(2, "", "Pumps hum").content, 2)
    assert view.pieces == (Piece("Pumps hum</s>", trained=True, cut=False),)
    assert (view.trained_tokens, view.cut_tokens) == (4, 0)


def test_the_pieces_make_the_whole_text(tokenizer: FolderTokenizer) -> None:
    example = Candidate(2, "And", "Yes", history=(("user", "A"), ("assistant", "B"))).content
    text = "<user>A</s><assistant>B</s><user>And</s><assistant>Yes</s>"
    assert ["".join(p.text for p in seen(tokenizer, example, n).pieces) for n in (1, 9, 50)] == [text] * 3


def test_a_length_is_that_of_the_preview(tokenizer: FolderTokenizer) -> None:
    assert list(lengths(tokenizer, iter([PAIR]))) == [seen(tokenizer, PAIR, 9).tokens]


def test_the_template_takes_its_own_tokens(tokenizer: FolderTokenizer) -> None:
    texts = tokenizer.count("How long") + tokenizer.count("41 minutes or so")
    assert template_tokens(tokenizer) + texts == 14


@pytest.mark.model
def test_the_histogram_and_the_preview_agree_at_every_place_of_the_slider(settings: Settings) -> None:
    tokenizer = folder_tokenizer(tokenizers_here(settings)["smollm2-135m-instruct"])
    table = open_table(SAMPLE, SAMPLE.name)
    mapping = guess_mapping(table)
    rows = list(candidates(table, mapping))
    facts = examine(lambda: iter(rows), measured(Checking(), settings, mapping)).facts["lengths"]
    tokens = [seen(tokenizer, row.content, LONGEST_STEPPED).tokens for row in rows]
    limits = range(LENGTH_STEP, LONGEST_STEPPED + 1, LENGTH_STEP)
    assert [cut_at(facts["cut"], limit) for limit in limits] == [
        sum(length > limit for length in tokens) for limit in limits
    ]


def test_other_models_whose_tokenizer_is_here_can_be_looked_through(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    for name, architecture in (("own--llama", "LlamaForCausalLM"), ("own--vectors", "BertModel")):
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True)
        kind = "llama" if architecture.startswith("Llama") else "bert"
        (folder / "config.json").write_text(json.dumps({"architectures": [architecture], "model_type": kind}))
        (folder / "tokenizer.json").write_text("{}")
        write_manifest(folder)
    assert list(tokenizers_here(settings)) == ["smollm2-135m-instruct", "own/llama"]
