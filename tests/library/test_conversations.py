"""Conversations: their settings, their titles, what stays after a reload, what a follow-up looks up."""

from datetime import date
from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound
from studio.library.answering.answers import Cited
from studio.library.answering.conversations import (
    ConversationView,
    ask,
    change_settings,
    delete_conversation,
    get_conversation,
    list_conversations,
    list_messages,
    rename_conversation,
    start_conversation,
)
from studio.library.finding.filters import Filter
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from tests.library.models import ToldModel
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
HERON = "The collar of the Heron clock is tightened to 0.6 newton metres."
SWIFT = "The collar of the Swift clock is tightened by hand."
FILTER = Filter(documents=(1, 2), tags=("old",), types=("pdf",), since=date(2026, 1, 1))


@pytest.fixture
def documents(room: Workspace, library: LibraryView, tmp_path: Path) -> list[int]:
    heron, swift = write_text(tmp_path / "heron.txt", HERON), write_text(tmp_path / "swift.txt", SWIFT)
    return add(room, library, heron, swift)


def said(room: Workspace, model: ToldModel, conversation: int, question: str) -> Cited:
    *_, last = ask(room, model, conversation, question)
    assert isinstance(last, Cited)
    return last


def test_the_settings_of_a_conversation_stay(room: Workspace, library: LibraryView) -> None:
    kept = get_conversation(room, start_conversation(room, library.id, within=FILTER))
    assert (kept.library_id, kept.adapter_id, kept.filter) == (library.id, None, FILTER)


def test_settings_can_be_changed_half_way(room: Workspace, library: LibraryView) -> None:
    conversation = start_conversation(room, library.id, within=FILTER)
    before = get_conversation(room, conversation)
    change_settings(room, conversation, ConversationView(0, "", None, None, before.created_at))
    after = get_conversation(room, conversation)
    assert (after.library_id, after.filter) == (None, Filter())


def test_a_conversation_can_be_renamed(room: Workspace) -> None:
    conversation = start_conversation(room)
    rename_conversation(room, conversation, "  Collars  and lids ")
    assert [one.title for one in list_conversations(room)] == ["Collars and lids"]


@pytest.mark.parametrize("title", ["", "  ", "x" * 81])
def test_a_title_is_neither_empty_nor_endless(room: Workspace, title: str) -> None:
    with pytest.raises(BadInput):
        rename_conversation(room, start_conversation(room), title)


def test_a_deleted_conversation_is_gone(room: Workspace) -> None:
    conversation = start_conversation(room)
    delete_conversation(room, conversation)
    with pytest.raises(NotFound):
        get_conversation(room, conversation)


def test_only_the_documents_of_the_filter_are_answered_from(
    room: Workspace, library: LibraryView, documents: list[int]
) -> None:
    conversation = start_conversation(room, library.id, within=Filter(documents=(documents[1],)))
    cited = said(room, ToldModel("By hand."), conversation, "How tight is the collar of the Heron?")
    assert {citation.document for citation in cited.citations} == {"swift.txt"}


def test_what_was_looked_up_and_which_sentences_have_support_is_kept(
    room: Workspace, library: LibraryView, documents: list[int]
) -> None:
    conversation = start_conversation(room, library.id)
    said(room, ToldModel(HERON, billions=0.1), conversation, "How tight is the collar of the Heron?")
    said(room, ToldModel("By hand. Moths fly at night."), conversation, "And of the Swift?")
    *_, last = list_messages(room, conversation)
    assert last.looked_up == "By hand. Moths fly at night."
    assert [(s.text, bool(s.numbers)) for s in last.sentences][1] == ("Moths fly at night.", False)


def test_a_follow_up_finds_what_the_conversation_is_about(
    room: Workspace, library: LibraryView, documents: list[int]
) -> None:
    conversation, model = start_conversation(room, library.id), ToldModel("By hand.", billions=0.1)
    said(room, model, conversation, "How tight is the collar of the Swift clock?")
    cited = said(room, model, conversation, "Why so?")
    assert cited.looked_up == "Why so? (tight collar Swift clock)"
    assert cited.citations[0].document == "swift.txt"


def test_the_document_last_cited_is_the_one_summarised(
    room: Workspace, library: LibraryView, documents: list[int]
) -> None:
    conversation = start_conversation(room, library.id)
    said(room, ToldModel(SWIFT), conversation, "How tight is the collar of the Swift clock?")
    model = ToldModel("It is about the Swift.")
    cited = said(room, model, conversation, "What is this document about?")
    assert {citation.document for citation in cited.citations} == {"swift.txt"}
    assert f"About swift: {SWIFT}" in model.asked[-1]


def test_a_small_model_is_not_asked_for_an_overview_but_the_summary_quoted(
    room: Workspace, library: LibraryView, documents: list[int]
) -> None:
    model = ToldModel("Nonsense", billions=0.1)
    cited = said(room, model, start_conversation(room, library.id), "What is swift about?")
    assert cited.text == f"{SWIFT} [1]" and not model.asked


def test_what_did_not_fit_is_named_and_kept(
    room: Workspace, library: LibraryView, documents: list[int]
) -> None:
    conversation = start_conversation(room, library.id)
    cited = said(room, ToldModel(HERON, context=480), conversation, "How tight is the collar of the Heron?")
    assert cited.left_out and list_messages(room, conversation)[1].left_out == cited.left_out
