"""What differs between two versions: examples added, removed and edited. Called by pages and commands."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.store.database import Workspace
from studio.store.tables import Example
from studio.training_sets.versions.listing import VersionView, get_version
from studio.training_sets.versions.stored import ExampleView, of_row

_SHOWN = 50

# the same example in both: equal in everything that is trained on, each copy matched once
_DIGESTED = """
    SELECT position, prompt, md5(jsonb_build_array(
        prompt, completion, history, context, split, origin, reviewed, extra
    )::text) AS content
    FROM examples WHERE workspace_id = :workspace AND version_id = :{version}
"""
_CHANGED = sa.text(
    f"""
    WITH old AS (
        SELECT *, row_number() OVER (PARTITION BY content ORDER BY position) AS copy FROM ({
        _DIGESTED.format(version="old")
    }) AS o
    ), new AS (
        SELECT *, row_number() OVER (PARTITION BY content ORDER BY position) AS copy FROM ({
        _DIGESTED.format(version="new")
    }) AS n
    ), gone AS (
        SELECT position, row_number() OVER (PARTITION BY prompt ORDER BY position) AS copy, prompt FROM old
        WHERE NOT EXISTS (SELECT FROM new WHERE new.content = old.content AND new.copy = old.copy)
    ), come AS (
        SELECT position, row_number() OVER (PARTITION BY prompt ORDER BY position) AS copy, prompt FROM new
        WHERE NOT EXISTS (SELECT FROM old WHERE old.content = new.content AND old.copy = new.copy)
    )
    SELECT gone.position AS before, come.position AS after
    FROM gone FULL JOIN come ON come.prompt = gone.prompt AND come.copy = gone.copy
    ORDER BY coalesce(come.position, gone.position), gone.position
    """
)


@dataclass(frozen=True)
class Edited:
    """An example before and after."""

    before: ExampleView
    after: ExampleView


@dataclass(frozen=True)
class Diff:
    """A page of what differs, and the counts of all of it. `old` and `new` are the versions compared."""

    old: VersionView
    new: VersionView
    added: list[ExampleView]
    removed: list[ExampleView]
    edited: list[Edited]
    added_count: int
    removed_count: int
    edited_count: int


def compare_versions(
    room: Workspace, old_id: int, new_id: int, offset: int = 0, limit: int | None = _SHOWN
) -> Diff:
    """What was done to get from one version to the other; offset and limit count in each list by itself."""
    old, new = get_version(room, old_id), get_version(room, new_id)
    part = slice(offset, None if limit is None else offset + limit)
    with room.session() as session:
        changed = session.execute(_CHANGED, {"workspace": room.id, "old": old.id, "new": new.id}).all()
        removed = [before for before, after in changed if after is None]
        added = [after for before, after in changed if before is None]
        edited = [(before, after) for before, after in changed if None not in (before, after)]
        shown = edited[part]
        was = _at(session, old, [*removed[part], *(before for before, _ in shown)])
        now = _at(session, new, [*added[part], *(after for _, after in shown)])
    return Diff(
        old,
        new,
        [now[position] for position in added[part]],
        [was[position] for position in removed[part]],
        [Edited(was[before], now[after]) for before, after in shown],
        len(added),
        len(removed),
        len(edited),
    )


def _at(session: Session, version: VersionView, positions: Sequence[int]) -> dict[int, ExampleView]:
    wanted = sa.select(Example).where(
        Example.version_id == version.id, Example.position == sa.func.any(list(positions))
    )
    return {row.position: of_row(row) for row in session.scalars(wanted)}
