"""Words as the lexical side counts them."""

import pytest

from studio.errors import BadInput
from studio.library.finding.languages import (
    _NAMES,
    IN_PIECES,
    STEMMED,
    checked_language,
    indexed_words,
    language_named,
    text_search_configuration,
)


def shared(language: str, one: str, other: str) -> set[str]:
    return set(indexed_words(language, one).split()) & set(indexed_words(language, other).split())


def test_languages_with_a_stemmer_keep_whole_words() -> None:
    assert indexed_words("english", "Cleaning the Pumps") == "cleaning the pumps"
    assert text_search_configuration("english") == "english"


def test_other_languages_add_the_pieces_of_each_word() -> None:
    assert indexed_words("slovak", "Mesto.") == "mesto 0mes mest esto sto0"
    assert text_search_configuration("slovak") == "simple"


@pytest.mark.parametrize("form", ["žiadosti", "žiadosťou", "žiadostiam"])
def test_forms_of_a_slovak_word_meet(form: str) -> None:
    assert {"0zia", "ziad", "iado", "ados"} <= shared("slovak", "žiadosť", form)


def test_accents_may_be_left_out() -> None:
    assert indexed_words("slovak", "príspevok") == indexed_words("slovak", "prispevok")
    assert indexed_words("polish", "Łódź") == indexed_words("polish", "lodz")


def test_a_german_compound_meets_its_parts() -> None:
    assert {"schl", "chlu", "luss"} <= shared("german", "Haustürschlüssel", "Schlüssel")


def test_short_words_stay_whole() -> None:
    assert indexed_words("czech", "na A") == "na 0na0 a"


@pytest.mark.parametrize("language", IN_PIECES)
def test_pieces_are_never_stemmed(language: str) -> None:
    assert text_search_configuration(language) == "simple"


def test_a_language_is_one_word() -> None:
    with pytest.raises(BadInput):
        checked_language("english'; DROP TABLE passages; --")


@pytest.mark.parametrize(
    ("code", "name"), [("sk", "slovak"), ("en", "english"), ("nb", "norwegian"), ("ja", "other")]
)
def test_a_language_has_its_name(code: str, name: str) -> None:
    assert language_named(code) == name


def test_every_language_on_offer_can_be_told_by_its_code() -> None:
    assert set(_NAMES.values()) == {*STEMMED, *IN_PIECES}
