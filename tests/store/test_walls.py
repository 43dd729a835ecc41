"""Nothing crosses from one workspace into another, even where a filter is forgotten."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, ProgrammingError

from bench import passages
from studio.errors import NotFound
from studio.store.database import Database, Workspace
from studio.store.tables import Conversation, Message, Table

pytestmark = pytest.mark.postgres


@pytest.fixture
def other(database: Database, room: Workspace) -> Workspace:
    return database.workspace(room.name + " next door")


def add_conversation(room: Workspace, title: str) -> int:
    with room.session() as session:
        row = Conversation(workspace_id=room.id, title=title)
        session.add(row)
        session.flush()
        return row.id


def test_a_query_without_a_filter_sees_only_its_own_rows(room: Workspace, other: Workspace) -> None:
    add_conversation(room, "mine")
    add_conversation(other, "theirs")
    with room.session() as session:
        assert session.scalars(sa.select(Conversation.title)).all() == ["mine"]


def test_a_transaction_without_a_workspace_sees_nothing(database: Database, room: Workspace) -> None:
    add_conversation(room, "mine")
    with database.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM conversations")) == 0


def test_a_row_cannot_be_written_into_another_workspace(room: Workspace, other: Workspace) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), room.session() as session:
        session.add(Conversation(workspace_id=other.id, title="smuggled"))


def test_a_row_cannot_point_into_another_workspace(room: Workspace, other: Workspace) -> None:
    theirs = add_conversation(other, "theirs")
    with pytest.raises(IntegrityError, match="foreign key"), room.session() as session:
        session.add(Message(workspace_id=room.id, conversation_id=theirs, role="user", text="hello"))


def test_a_blob_is_known_only_where_it_was_stored(room: Workspace, other: Workspace) -> None:
    sha256 = room.blobs.put(b"a secret")
    assert room.blobs.path(sha256).read_bytes() == b"a secret"
    with pytest.raises(NotFound):
        other.blobs.path(sha256)


def test_what_is_in_a_library_goes_with_its_workspace(database: Database, other: Workspace) -> None:
    library = passages.filled_library(other, "Gone with its workspace", 3)
    owner = sa.create_engine(database.owner_url)
    with owner.begin() as connection:
        connection.execute(sa.text("DELETE FROM workspaces WHERE id = :id"), {"id": other.id})
        for table in ("passages", "term_counts", "term_passages"):
            left = sa.text(f"SELECT count(*) FROM {table} WHERE library_id = :library")
            assert connection.scalar(left, {"library": library.id}) == 0
    owner.dispose()


def test_every_table_is_behind_a_policy(database: Database) -> None:
    query = """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
            AND NOT (relrowsecurity AND relforcerowsecurity
                     AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))
    """
    with database.engine.connect() as connection:
        assert connection.scalars(sa.text(query)).all() == []
        known = set(connection.scalars(sa.text("SELECT relname FROM pg_class WHERE relkind = 'r'")))
    assert known >= set(Table.metadata.tables)


def test_the_runtime_role_owns_nothing_and_bypasses_nothing(database: Database) -> None:
    query = """
        SELECT rolsuper OR rolbypassrls OR EXISTS (
            SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relpersistence <> 't'
        )
        FROM pg_roles WHERE rolname = current_user
    """
    with database.engine.connect() as connection:
        assert connection.scalar(sa.text(query)) is False
