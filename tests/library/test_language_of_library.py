"""A library made without a language takes that of its first documents."""

from pathlib import Path

import pytest

from studio.engine.client import Engine
from studio.library.finding.languages import AUTOMATIC, OTHER
from studio.library.finding.search import find_passages
from studio.library.intake.groups import Group, Read
from studio.library.intake.making_ready import told_language
from studio.library.intake.storing import arrivals_of
from studio.library.libraries import create_library, get_library
from studio.library.passages import Piece
from studio.library.places import Place
from studio.store.database import Workspace
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
TEXTS = {
    "slovak": "Žiadosť sa podáva na obecnom úrade. Občan predloží doklad totožnosti a zaplatí poplatok.",
    "german": "Der Antrag wird beim Gemeindeamt gestellt. Der Bürger legt seinen Ausweis vor.",
    "english": "The application is handed in at the council. A citizen shows a passport and pays the fee.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_first_documents_tell(room: Workspace, engine: Engine, tmp_path: Path, language: str) -> None:
    library = create_library(room, language, AUTOMATIC, engine)
    add(room, library, write_text(tmp_path / "first.txt", TEXTS[language]))
    assert get_library(room, library.id).language == language


def test_words_meet_in_the_language_that_was_told(room: Workspace, engine: Engine, tmp_path: Path) -> None:
    library = create_library(room, "Office", AUTOMATIC, engine)
    add(room, library, write_text(tmp_path / "a.txt", TEXTS["slovak"]))
    assert find_passages(room, library.id, "podavanie ziadosti")[0].lexical > 0


def told_by(*documents: tuple[str, int, str]) -> str:
    """Documents as (language, characters, kind of passage)."""
    group = Group()
    for number, (language, characters, kind) in enumerate(documents, 1):
        group.documents.append(Read(number, "", "", language, None, 1, {}))
        piece = Piece("x" * characters, (), Place(0, characters), 0, kind)
        group.arrivals += arrivals_of(number, "", [piece])
    return told_language(group)


def test_most_of_the_running_text_tells() -> None:
    assert told_by(("sk", 100, "text"), ("en", 900, "text"), ("", 5000, "text")) == "english"


def test_tables_do_not_tell_where_there_is_text() -> None:
    assert told_by(("de", 5000, "row"), ("en", 300, "text")) == "english"


def test_without_a_majority_it_is_english_if_some_of_it_is() -> None:
    assert told_by(("sk", 500, "text"), ("en", 400, "text")) == "english"
    assert told_by(("sk", 500, "text"), ("de", 400, "text")) == OTHER
