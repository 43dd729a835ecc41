"""Deleting a document leaves nothing of it: not in a table, not among the files."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.library.documents import delete_document, set_tags
from studio.library.libraries import LibraryView
from studio.library.removing import delete_library
from studio.store.database import Workspace
from studio.store.tables import Citation, Conversation, Message
from tests.library.samples import add, write_docx, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
CANARY = "Kanarienvogelfutter"


def tables_with(room: Workspace, word: str) -> set[str]:
    """Every table in which the word stands in some column."""
    found = set()
    with room.session() as session:
        for name in sa.inspect(session.connection()).get_table_names():
            rows = sa.text(f"SELECT count(*) FROM {name} AS t WHERE t::text ILIKE :word")
            if session.scalar(rows, {"word": f"%{word}%"}):
                found.add(name)
    return found


def files_with(room: Workspace, word: str) -> list[Path]:
    paths = (room.settings.data / "blobs" / str(room.id)).rglob("*")
    return [path for path in paths if path.is_file() and word.encode() in path.read_bytes()]


def quote(room: Workspace, library: LibraryView, text: str) -> int:
    """An answer that a person was shown, citing the library's first passage."""
    with room.session() as session:
        passage = session.scalar(
            sa.text("SELECT min(id) FROM passages WHERE library_id = :id"), {"id": library.id}
        )
        talk = Conversation(workspace_id=room.id, library_id=library.id)
        session.add(talk)
        session.flush()
        message = Message(workspace_id=room.id, conversation_id=talk.id, role="assistant", text=text)
        session.add(message)
        session.flush()
        about = {"workspace_id": room.id, "message_id": message.id, "number": 1, "passage_id": passage}
        session.add(Citation(**about, document="a.txt", place="page 1", quote=text))
        return message.id


def test_nothing_of_a_deleted_document_is_in_any_table_or_file(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    ids = add(
        room,
        library,
        write_text(tmp_path / f"{CANARY}.md", f"# {CANARY} one\n\n{CANARY} is given daily. It is yellow."),
        write_text(tmp_path / "b.csv", f"name,price\n{CANARY},3\nother,4\n"),
    )
    set_tags(room, ids[0], [CANARY])
    assert tables_with(room, CANARY) >= {"documents", "passages"}
    for document in ids:
        delete_document(room, document)
    assert (tables_with(room, CANARY), files_with(room, CANARY)) == (set(), [])


def test_nothing_of_a_deleted_library_is_in_any_table_or_file(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    add(room, library, write_docx(tmp_path / "pump.docx"), write_text(tmp_path / "a.txt", f"{CANARY}."))
    delete_library(room, library.id)
    assert (tables_with(room, CANARY), files_with(room, CANARY)) == (set(), [])


def test_what_a_person_was_shown_stays_in_the_conversation_alone(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    (document,) = add(room, library, write_text(tmp_path / "a.txt", f"{CANARY} is given daily."))
    quote(room, library, f"{CANARY} is given daily.")
    delete_document(room, document)
    assert tables_with(room, CANARY) == {"messages", "citations"}
    with room.session() as session:
        assert session.scalars(sa.select(Citation.passage_id)).all() == [None]
