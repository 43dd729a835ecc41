"""A passage supports a sentence only when it does not say otherwise."""

import pytest

from studio.library.answering.citations import Source, cite

TOWELS = "Towels are washed at 60 degrees, wool at 30 degrees."
VANS = "Sheet Vans, 24 rows. Depot: 3 different: Žilina 9, Trnava 7, Nitra 8."
ROW = "Article: A-1; Price: 12; Stock: 106"


def supported(said: str, passage: str) -> bool:
    return cite(f"{said} [1]", [Source(1, passage, "sheet")])[0].numbers == (1,)


@pytest.mark.parametrize(
    ("said", "passage"),
    [
        ("The warranty covers water damage.", "The warranty of the pump never covers water damage."),
        ("The warranty does not cover water damage.", "The warranty covers water damage."),
        ("Die Garantie gilt bei Wasserschaden.", "Die Garantie gilt nicht bei Wasserschaden."),
        ("Wool is washed at 60 degrees.", TOWELS),
        ("Towels are washed at 30 degrees and wool at 60 degrees.", TOWELS),
        ("Vans in Nitra: 3.", VANS),
        ("The price is 106.", ROW),
    ],
)
def test_what_says_otherwise_does_not_support(said: str, passage: str) -> None:
    assert not supported(said, passage)


@pytest.mark.parametrize(
    ("said", "passage"),
    [
        ("The warranty does not cover water damage.", "The warranty never covers water damage."),
        ("Rinse the filter with water.", "Rinse the filter with water, not oil."),
        ("The limit is at most 5 bar.", "The limit is not more than 5 bar."),
        ("Smoking is forbidden in the hall.", "No smoking in the hall."),
        ("Wool is washed at 30 degrees.", TOWELS),
        ("Towels are washed at 60 degrees and wool at 30 degrees.", TOWELS),
        ("Vans in Nitra: 8.", VANS),
        ("The price is 12.", ROW),
        ("The Sprinter 3 costs 40 EUR.", "Model: Sprinter 3; Price EUR: 40"),
    ],
)
def test_what_says_the_same_supports(said: str, passage: str) -> None:
    assert supported(said, passage)
