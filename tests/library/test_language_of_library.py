"""A library made without a language takes that of its first documents."""

from pathlib import Path

import pytest

from studio.engine.client import Engine
from studio.library.finding.languages import AUTOMATIC
from studio.library.finding.search import find_passages
from studio.library.libraries import create_library, get_library
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
