"""What a person chooses is checked in one sentence."""

import pytest

from studio.errors import BadInput
from studio.training_sets.reading import Table
from studio.training_sets.shapes.mapping import Mapping, choose, describe, from_dict

TABLE = Table(["question", "product", "answer", "region"], [["How long?", "DW-40", "41 minutes.", "north"]])


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (Mapping(prompt="why", completion="answer"), "There is no column “why”"),
        (Mapping(prompt="question"), "Choose the column with the answer"),
        (Mapping("text"), "Choose the column with the text"),
        (Mapping("messages"), "Choose the column with the conversation"),
        (Mapping(completion="answer"), "Choose the column with the question"),
        (Mapping(prompt="answer", completion="answer"), "cannot both be “answer”"),
        (Mapping("text", "question", "answer"), "leave it empty"),
        (Mapping("messages", completion="answer"), "“answer” holds no conversation"),
        (Mapping(prompt="question", completion="answer", date="region"), "“region” holds no dates"),
        (Mapping(completion="answer", template="{question} {price}"), "“price”, which is not there"),
        (Mapping(completion="answer", template="{question"), "brace without its partner"),
        (Mapping(completion="answer", template="question"), "names no column"),
        (Mapping("poem", "question", "answer"), "no shape “poem”"),  # type: ignore[arg-type]
    ],
)
def test_a_choice_that_does_not_fit_is_named_in_one_sentence(wanted, sentence):
    with pytest.raises(BadInput, match=sentence) as raised:
        choose(TABLE, wanted)
    assert str(raised.value).count(". ") == 0


def test_what_is_not_used_is_kept_as_metadata():
    assert choose(TABLE, Mapping(prompt="question", completion="answer")).metadata == ("product", "region")


def test_columns_of_a_template_are_used():
    wanted = Mapping(completion="answer", template="{{{Question}}}: {product}")
    assert choose(TABLE, wanted).metadata == ("region",)


def test_a_stored_mapping_comes_back():
    mapping = choose(TABLE, Mapping(prompt="question", completion="answer", group="region"))
    assert from_dict(mapping.as_dict()) == mapping


def test_a_mapping_of_an_older_studio_is_read():
    stored = {"prompt": "q", "completion": "a", "group": None, "metadata": ["x"], "guessed_by": "names"}
    assert from_dict(stored) == Mapping("pairs", "q", "a", metadata=("x",), guessed_by="names")


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        (Mapping("pairs", "q", "a", group="g"), "Rows with the same “g” stay together"),
        (Mapping("messages", completion="m"), "Every answer in the conversations of “m”"),
        (Mapping("text", completion="t"), "“t” is learned as plain text"),
        (Mapping("instruction", "i", "o", input="x"), "with their input in “x”"),
        (Mapping("pairs", None, "a", template="{q} {p}"), "the template “{q} {p}”"),
    ],
)
def test_a_mapping_is_told_in_a_sentence(mapping, sentence):
    assert sentence in describe(mapping)
