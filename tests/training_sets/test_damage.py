"""Damaged letters are found by a cheap test first: it must let everything through that ftfy would mend."""

from ftfy.badness import is_bad
from hypothesis import given
from hypothesis import strategies as st

from studio.training_sets.quality.texts.damage import is_damaged, may_be_damaged

LETTERS = "ab .,Z\n\u0080\u009d\u00a0éÃÂâ€™“œŒš°²±øàìЂвГўВΒ€ā√‚Ä│█Ø×ž"


@given(st.text(st.sampled_from(LETTERS), max_size=8))
def test_the_cheap_test_passes_nothing_over(text: str) -> None:
    assert may_be_damaged(text) or not is_bad(text)


def test_misread_letters_are_damage_and_slovak_is_not() -> None:
    assert is_damaged("The cafÃ© is open.")
    assert is_damaged("VĂ˝robok je ÄŤistĂ˝.")
    assert not is_damaged("Výrobok je čistý a žltý; kôň má ďalší oštep.")
