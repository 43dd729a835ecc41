"""Words as the lexical side counts them."""

import pytest

from studio.errors import BadInput
from studio.library.languages import checked_language, indexed_words, text_search_configuration


def test_languages_with_a_stemmer_keep_whole_words() -> None:
    assert indexed_words("english", "Cleaning the Pumps") == "cleaning the pumps"
    assert text_search_configuration("english") == "english"


def test_other_languages_are_cut_after_five_letters() -> None:
    assert indexed_words("slovak", "Žiadosti o príspevok") == "žiado o prísp"
    assert text_search_configuration("slovak") == "simple"


def test_a_language_is_one_word() -> None:
    with pytest.raises(BadInput):
        checked_language("english'; DROP TABLE passages; --")
