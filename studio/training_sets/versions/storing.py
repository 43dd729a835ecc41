"""Puts examples into the database as a new version: COPY into a staging table, then one statement.

Called by saving, inside the transaction that makes the version.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from studio.store.database import Workspace
from studio.store.tables import TrainingSet, TrainingSetVersion
from studio.training_sets.versions.stored import CONTENT, ExampleView

# COPY into `examples` itself is refused by PostgreSQL: the table has row-level security.
_STAGING = sa.text(
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS arriving_examples (
        position int, prompt text, completion text, history jsonb, context jsonb, group_key text, split text,
        origin text, reviewed boolean, source jsonb, extra jsonb
    ) ON COMMIT DELETE ROWS
    """
)
_COPY = "COPY arriving_examples FROM STDIN (FORMAT BINARY)"
_TYPES = ["int4", "text", "text", "jsonb", "jsonb", "text", "text", "text", "bool", "jsonb", "jsonb"]
_JSON = {"history", "context", "source", "extra"}

_STORE = sa.text(
    f"""
    INSERT INTO examples (workspace_id, version_id, position, {", ".join(CONTENT)})
    SELECT :workspace, :version, * FROM arriving_examples
    """
)


@dataclass(frozen=True)
class Staged:
    """What was copied: how many examples, how many of them held out, and the hash of their content."""

    examples: int
    held_out: int
    sha256: str


def stage(session: Session, rows: Iterable[ExampleView]) -> Staged:
    """Copy the examples beside the table, one after the other, in the order of their positions."""
    session.execute(_STAGING)
    session.execute(sa.text("TRUNCATE arriving_examples"))
    connection = session.connection().connection.driver_connection
    assert connection is not None  # noqa: S101 - the session has just used it
    digest, examples, held_out = hashlib.sha256(), 0, 0
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for row in rows:
            copy.write_row((row.position, *_cells(row)))
            digest.update(row.digest)
            examples, held_out = examples + 1, held_out + (row.split == "held_out")
    return Staged(examples, held_out, digest.hexdigest())


def _cells(row: ExampleView) -> list[object]:
    return [Jsonb(value) if name in _JSON else value for name, value in row.content.items()]


def store_staged(
    session: Session, room: Workspace, name: str, staged: Staged, details: dict[str, Any]
) -> int:
    """Make a version of what is staged; the version that has this content already is that version."""
    set_id = _training_set(session, room, name)
    of_set = (TrainingSetVersion.workspace_id == room.id, TrainingSetVersion.training_set_id == set_id)
    same = sa.select(TrainingSetVersion.id).where(*of_set, TrainingSetVersion.sha256 == staged.sha256)
    known = session.scalar(same)
    if known is not None:
        return known
    newest = session.scalar(sa.select(sa.func.max(TrainingSetVersion.version)).where(*of_set)) or 0
    row = TrainingSetVersion(
        workspace_id=room.id,
        training_set_id=set_id,
        version=newest + 1,
        sha256=staged.sha256,
        examples=staged.examples,
        held_out=staged.held_out,
        **details,
    )
    session.add(row)
    session.flush()
    session.execute(_STORE, {"workspace": room.id, "version": row.id})
    return row.id


def _training_set(session: Session, room: Workspace, name: str) -> int:
    """The set of this name, made when missing and locked, so that savers take turns."""
    session.execute(
        sa.dialects.postgresql.insert(TrainingSet)
        .values(workspace_id=room.id, name=name)
        .on_conflict_do_nothing(index_elements=["workspace_id", "name"])
    )
    named = (TrainingSet.workspace_id == room.id, TrainingSet.name == name)
    return session.execute(sa.select(TrainingSet.id).where(*named).with_for_update()).scalar_one()
