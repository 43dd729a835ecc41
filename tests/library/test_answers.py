"""Answers with their sources, conversations that are kept, places that open."""

from pathlib import Path

import pytest

from studio.engine.client import Engine
from studio.engine.prompts import NO_ANSWER
from studio.errors import NotFound
from studio.library.answering.answers import Cited, answer
from studio.library.answering.conversations import (
    ask,
    list_conversations,
    list_messages,
    start_conversation,
)
from studio.library.answering.feedback import rate
from studio.library.documents import delete_document
from studio.library.finding.search import find_passages
from studio.library.libraries import LibraryView
from studio.library.viewing.viewer import open_passage
from studio.store.database import Workspace
from tests.library.samples import add, write_pdf, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
QUESTION = "How tight must the collar of the Heron clock be?"


@pytest.fixture
def document(room: Workspace, library: LibraryView, tmp_path: Path) -> int:
    text = "The collar of the Heron clock is tightened to 0.6 newton metres."
    pages = [[(20, "Begin"), (11, "Nothing here.")], [(20, "Collars"), (11, text)]]
    return add(room, library, write_pdf(tmp_path / "heron.pdf", pages))[0]


def test_an_answer_streams_and_ends_with_its_citations(
    room: Workspace, engine: Engine, library: LibraryView, document: int
) -> None:
    *pieces, last = answer(room, engine, library.id, QUESTION)
    assert isinstance(last, Cited) and len(pieces) > 1
    assert last.citations[0].document == "heron.pdf" and last.citations[0].place == "page 2"
    assert "0.6 newton metres" in last.citations[0].quote


def test_a_question_the_documents_do_not_answer_is_refused(
    room: Workspace, engine: Engine, library: LibraryView, document: int
) -> None:
    *_, last = answer(room, engine, library.id, "Who won the football world cup in 1998?")
    assert isinstance(last, Cited)
    assert last.refused and last.text == NO_ANSWER
    assert not any(citation.used for citation in last.citations)


def test_an_empty_library_answers_nothing(room: Workspace, engine: Engine, library: LibraryView) -> None:
    *_, last = answer(room, engine, library.id, QUESTION)
    assert isinstance(last, Cited) and last.refused


def test_a_conversation_keeps_questions_answers_and_ratings(
    room: Workspace, engine: Engine, library: LibraryView, document: int
) -> None:
    conversation = start_conversation(room, library.id)
    list(ask(room, engine, conversation, QUESTION))
    rate(room, list_messages(room, conversation)[1].id, -1, "0.6 newton metres")
    question, said = list_messages(room, conversation)
    assert (question.text, said.score, said.correction) == (QUESTION, -1, "0.6 newton metres")
    assert [c.title for c in list_conversations(room)] == [QUESTION]


def test_what_was_said_is_kept_when_the_reader_leaves(
    room: Workspace, engine: Engine, library: LibraryView, document: int
) -> None:
    conversation = start_conversation(room, library.id)
    reading = ask(room, engine, conversation, QUESTION)
    first = next(reading)
    reading.close()
    said = list_messages(room, conversation)[1]
    assert said.stopped and said.text == first


def test_the_quote_stays_when_its_document_is_deleted(
    room: Workspace, engine: Engine, library: LibraryView, document: int
) -> None:
    conversation = start_conversation(room, library.id)
    list(ask(room, engine, conversation, QUESTION))
    delete_document(room, document)
    citation = list_messages(room, conversation)[1].citations[0]
    assert citation.passage_id is None and "0.6 newton metres" in citation.quote


def test_a_source_opened_from_an_answer_marks_the_sentence_it_rests_on(
    room: Workspace, engine: Engine, library: LibraryView, document: int
) -> None:
    conversation = start_conversation(room, library.id)
    list(ask(room, engine, conversation, QUESTION))
    said = list_messages(room, conversation)[1]
    source = next(one for one in said.citations if one.used)
    assert source.passage_id is not None
    opened = open_passage(room, source.passage_id, said.id)
    assert any("0.6" in opened.text[start:end] for start, end in opened.quoted)
    assert open_passage(room, source.passage_id).quoted == ()


def test_a_conversation_of_another_workspace_is_not_shown(room: Workspace, library: LibraryView) -> None:
    conversation = start_conversation(room, library.id)
    stranger = room.db.workspace("strangers")
    with pytest.raises(NotFound):
        list_messages(stranger, conversation)
    with pytest.raises(NotFound):
        start_conversation(stranger, library.id)


def test_a_passage_of_another_workspace_does_not_open(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    add(room, library, write_text(tmp_path / "a.txt", "Valves."))
    passage = find_passages(room, library.id, "valves")[0].passage_id
    with pytest.raises(NotFound):
        open_passage(room.db.workspace("strangers"), passage)
