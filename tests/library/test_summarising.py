"""Summaries by a capable model, in place of the extracted ones."""

from pathlib import Path

import pytest

from studio.library.answering.summarising import summarise, summarise_if_capable
from studio.library.documents import list_documents
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from tests.library.models import ToldModel
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
TEXT = "The collar of the Heron clock is tightened to 0.6 newton metres. A cracked collar weeps at night."


@pytest.fixture
def filled(room: Workspace, library: LibraryView, tmp_path: Path) -> LibraryView:
    add(room, library, write_text(tmp_path / "heron.txt", TEXT))
    return library


def summary(room: Workspace, library: LibraryView) -> str:
    return list_documents(room, library.id)[0].summary


def test_every_document_is_ready_with_the_sentences_extracted_from_it(
    room: Workspace, filled: LibraryView
) -> None:
    assert summary(room, filled) == TEXT


def test_a_capable_model_says_it_in_its_own_words(room: Workspace, filled: LibraryView) -> None:
    assert summarise(room, ToldModel("How tight the collar of a Heron is."), filled.id) == 1
    assert summary(room, filled) == "How tight the collar of a Heron is."


def test_the_same_model_is_asked_once(room: Workspace, filled: LibraryView) -> None:
    model = ToldModel("How tight the collar of a Heron is.")
    summarise(room, model, filled.id)
    summarise(room, model, filled.id)
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    "said", ["", "It is tightened to 6.0 newton metres.", "So. So. So. So.", "word " * 300]
)
def test_what_the_document_does_not_bear_out_is_not_taken(
    room: Workspace, filled: LibraryView, said: str
) -> None:
    assert summarise(room, ToldModel(said), filled.id) == 0
    assert summary(room, filled) == TEXT


def test_the_bundled_model_is_not_asked(room: Workspace, library: LibraryView) -> None:
    assert not summarise_if_capable(room, library.id)
