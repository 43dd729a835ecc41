"""Examples that ask in other words what is held out; texts are turned into vectors by meanings we name."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.training_sets.building import probing
from studio.training_sets.building.rewording import Asked, Vectors, reworded
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import Find, find_examples, save_rows
from tests.building.test_probing import probed

MEANINGS = {"fee": "price", "cost": "price", "charge": "price", "parcel": "post", "delivery": "post"}
PRICE = "A parcel up to two kilos is four euros ninety."
HOURS = "The counter is staffed from eight until noon on weekdays."


def by_meaning(texts: Sequence[str]) -> Vectors:
    """Cosines of telling words, of which some mean the same."""
    rows = np.zeros((len(texts), 256), np.float32)
    for row, text in zip(rows, texts, strict=True):
        telling = [
            MEANINGS.get(w, w) for w in text.lower().strip("?.").split() if len(w) > 3 or w in MEANINGS
        ]
        row[[crc32(word.encode()) % 256 for word in telling]] = 1
    return rows / np.maximum(1, np.sqrt(rows.sum(axis=1, keepdims=True)))


def found(example: tuple[str, str], test: tuple[str, str]) -> bool:
    return bool(reworded([Asked(*example)], [Asked(*test)], by_meaning))


def test_a_question_in_other_words_with_the_same_answer_is_found() -> None:
    assert found(("What is the fee for a parcel?", PRICE), ("How much does delivery cost?", PRICE))


def test_a_near_question_with_another_answer_is_another_question() -> None:
    assert not found(("What is the fee for a parcel?", PRICE), ("When may the parcel fee change?", HOURS))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What does parcel class 7 cost?", "Which fee has parcel class 9?"),
        ("Who pays the parcel charge?", "When is the parcel cost due?"),
        ("What is the charge for parcel A?", "Which fee has parcel B?"),
    ],
    ids=["figure", "who-when", "letter"],
)
def test_figures_letters_and_question_words_decide(one: str, other: str) -> None:
    assert not found((one, PRICE), (other, PRICE))


def test_one_word_in_anothers_place_is_another_question_where_answers_are_merely_alike() -> None:
    one, other = "When does the parcel counter open today?", "When does the parcel counter close today?"
    assert not found((one, HOURS), (other, HOURS + " Sundays"))


def test_a_common_answer_is_no_witness() -> None:
    examples = [Asked(f"What is the fee of parcel kind {word}?", "Yes.") for word in ("low", "tall", "wide")]
    assert not reworded(examples, [Asked("How much does delivery cost?", "Yes.")], by_meaning)


def test_a_label_says_no_more_than_that_it_is_the_same() -> None:
    one, other = "Where is that late parcel now", "Where now is that late delivery please"
    assert found((one, "tracking"), (other, "tracking"))
    assert not found((one, "tracking"), (other, "refunds"))


@pytest.mark.postgres
def test_a_version_is_held_against_what_is_held_out_of_it(room: Workspace) -> None:
    rows = [
        Candidate(0, "Which fee has the heavy parcel?", PRICE, split="train"),
        Candidate(1, "What fee has that heavy parcel then?", PRICE, split="held_out"),
        Candidate(2, "Until when is somebody there?", HOURS, split="train"),
    ]
    version = save_rows(room, "post", rows)
    probe = probed(room, version, "reworded")
    assert (probe.state, probe.positions, probe.share.sample) == ("succeeded", (0,), 2)
    assert find_examples(room, version, Find(defect="reworded_leakage")).found == 1


@pytest.mark.postgres
def test_without_anything_held_out_it_says_so(room: Workspace) -> None:
    version = save_rows(room, "post", [Candidate(0, "Which fee?", PRICE, split="train")])
    with pytest.raises(BadInput, match="Nothing is held out"):
        probed(room, version, "reworded")
    assert probing.find_probe(room, version, "reworded") is not None
