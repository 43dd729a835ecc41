"""Questions about a whole document and the document they mean."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from studio.engine.client import Engine
from studio.library.answering.answers import Cited, Talk, answer
from studio.library.answering.overviews import asks_for_overview, document_meant, names_nothing
from studio.library.finding.filters import Filter
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from tests.library.samples import add, write_text

OVERVIEWS = [
    "What is this document about?",
    "What's it about",
    "Summarise the warranty policy",
    "Can you give me an overview of the handbook?",
    "What are the main points of the minutes?",
    "Worum geht es in dem Handbuch?",
    "O čom je tento dokument?",
    "De quoi parle ce document ?",
]
OTHERS = [
    "What about winter?",
    "Tell me about the price of the veil.",
    "How do I bring about a change of the wick?",
    "What does the policy say about moths in May?",
    "Which parts are about to be replaced?",
]


ALONE = Talk()


@dataclass(frozen=True)
class Found:
    document_id: int
    title: str
    document: str


FOUND = [Found(1, "Warranty Policy", "w.docx"), Found(2, "Minutes", "minutes-2026-03-12.txt")]


@pytest.mark.parametrize("question", OVERVIEWS)
def test_a_question_for_the_whole_is_recognised(question: str) -> None:
    assert asks_for_overview(question)


@pytest.mark.parametrize("question", OTHERS)
def test_a_question_for_a_part_is_not_taken_for_one(question: str) -> None:
    assert not asks_for_overview(question)


def test_the_document_named_is_meant() -> None:
    assert document_meant("What is the warranty policy about?", FOUND, opened=2) == 1


def test_without_a_name_the_document_of_the_conversation_is_meant() -> None:
    assert document_meant("What is this document about?", FOUND, opened=2) == 2


def test_without_either_nothing_is_guessed_among_several() -> None:
    assert document_meant("What is this document about?", FOUND, opened=None) is None


def test_the_only_document_that_holds_anything_of_it_is_meant() -> None:
    assert document_meant("Can you give me an overview of the veils?", FOUND[:1], opened=None) == 1


@pytest.mark.parametrize(
    "question", ["What is this about?", "Summarise it.", "Worum geht es hier?", "O čom je tento dokument?"]
)
def test_a_question_may_leave_open_which_document_it_means(question: str) -> None:
    assert names_nothing(question)


@pytest.mark.parametrize(
    "question", ["What is the warranty policy about?", "Summarise the minutes.", "Worum geht es im Handbuch?"]
)
def test_a_question_that_names_something_leaves_nothing_open(question: str) -> None:
    assert not names_nothing(question)


@pytest.mark.postgres
@pytest.mark.model
class TestWhichDocument:
    """What is answered where a question leaves open which document it means."""

    @pytest.fixture
    def documents(self, room: Workspace, library: LibraryView, tmp_path: Path) -> list[int]:
        lids = "Lids keep the steam in the pot. A lid of glass shows what boils. Every lid is washed by hand."
        hoses = "Hoses lead water to the pump. A hose is checked for cracks in spring. Spare hoses hang here."
        files = [write_text(tmp_path / "lids.txt", lids), write_text(tmp_path / "hoses.txt", hoses)]
        return [add(room, library, file)[0] for file in files]

    def asked(self, room: Workspace, engine: Engine, library: LibraryView, talk: Talk = ALONE) -> Cited:
        *_, whole = answer(room, engine, library.id, "What is this about?", talk)
        assert isinstance(whole, Cited)
        return whole

    def test_among_several_the_reader_is_asked(
        self, room: Workspace, engine: Engine, library: LibraryView, documents: list[int]
    ) -> None:
        said = self.asked(room, engine, library)
        assert [one.document_id for one in said.choices] == documents[::-1]
        assert said.text.startswith("Which document do you mean?") and not said.citations

    def test_the_one_the_reader_points_at_is_summarised(
        self, room: Workspace, engine: Engine, library: LibraryView, documents: list[int]
    ) -> None:
        said = self.asked(room, engine, library, Talk(chosen=documents[1]))
        assert "water to the pump" in said.text and said.citations[0].document_id == documents[1]

    def test_the_only_one_that_may_be_looked_into_is_summarised(
        self, room: Workspace, engine: Engine, library: LibraryView, documents: list[int]
    ) -> None:
        said = self.asked(room, engine, library, Talk(filter=Filter(documents=(documents[0],))))
        assert "steam" in said.text and not said.choices
