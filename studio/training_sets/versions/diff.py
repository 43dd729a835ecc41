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
_NO_LABEL = 20  # characters from which an answer is hardly a label that many examples share

# Examples equal in all that is trained on are the same, each copy once. Of what is left, a draft has noted
# which became which; otherwise an example with the same question is the same one, edited, and so is one with
# the same answer, where that is no label and stands once on each side.
_CHANGED = sa.text(
    """
    WITH compared AS (
        SELECT version_id, position, prompt, completion, md5(jsonb_build_array(
            prompt, completion, history, context, split, origin, reviewed, extra
        )::text) AS content
        FROM examples
        WHERE workspace_id = :workspace AND version_id IN (:old, :new)
    ), copies AS (
        SELECT *, row_number() OVER (PARTITION BY version_id, content ORDER BY position) AS copy
        FROM compared
    ), lone AS (
        SELECT min(version_id) AS version_id, min(position) AS position, min(prompt) AS prompt,
            min(completion) AS completion
        FROM copies
        GROUP BY content, copy
        HAVING count(*) = 1
    ), noted AS (
        SELECT before, after
        FROM unnest(CAST(:befores AS int[]), CAST(:afters AS int[])) AS pair (before, after)
        WHERE before IN (SELECT position FROM lone WHERE version_id = :old)
            AND after IN (SELECT position FROM lone WHERE version_id = :new)
    ), gone AS (
        SELECT position, prompt, row_number() OVER (PARTITION BY prompt ORDER BY position) AS copy
        FROM lone
        WHERE version_id = :old AND position NOT IN (SELECT before FROM noted)
    ), come AS (
        SELECT position, prompt, row_number() OVER (PARTITION BY prompt ORDER BY position) AS copy
        FROM lone
        WHERE version_id = :new AND position NOT IN (SELECT after FROM noted)
    ), asked AS (
        SELECT gone.position AS before, come.position AS after
        FROM gone JOIN come USING (prompt, copy)
        UNION ALL
        SELECT before, after FROM noted
    ), left_over AS (
        SELECT version_id, position, completion,
            count(*) OVER (PARTITION BY version_id, completion) AS copies
        FROM lone
        WHERE version_id = :old AND position NOT IN (SELECT before FROM asked)
            OR version_id = :new AND position NOT IN (SELECT after FROM asked)
    ), answered AS (
        SELECT gone.position AS before, come.position AS after
        FROM left_over AS gone JOIN left_over AS come USING (completion)
        WHERE gone.version_id = :old AND come.version_id = :new AND gone.copies = 1 AND come.copies = 1
            AND length(completion) >= :no_label
    )
    SELECT before, after FROM asked
    UNION ALL
    SELECT before, after FROM answered
    UNION ALL
    SELECT position, NULL FROM left_over
    WHERE version_id = :old AND position NOT IN (SELECT before FROM answered)
    UNION ALL
    SELECT NULL, position FROM left_over
    WHERE version_id = :new AND position NOT IN (SELECT after FROM answered)
    ORDER BY after, before
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
        changed = _changed(session, room, old, new)
        added = [after for before, after in changed if before is None]
        removed = [before for before, after in changed if after is None]
        edited = [(before, after) for before, after in changed if None not in (before, after)]
        was = _at(session, room, old_id, [*removed[part], *(before for before, _ in edited[part])])
        now = _at(session, room, new_id, [*added[part], *(after for _, after in edited[part])])
    return Diff(
        old,
        new,
        [now[position] for position in added[part]],
        [was[position] for position in removed[part]],
        [Edited(was[before], now[after]) for before, after in edited[part]],
        len(added),
        len(removed),
        len(edited),
    )


def _changed(
    session: Session, room: Workspace, old: VersionView, new: VersionView
) -> Sequence[sa.Row[int, int]]:
    """Positions before and after, None where there is none."""
    if old.id == new.id:
        return []
    pairs = new.changes.get("pairs", ()) if new.parent_id == old.id else ()
    values = {
        "workspace": room.id,
        "old": old.id,
        "new": new.id,
        "no_label": _NO_LABEL,
        "befores": [before for before, _ in pairs],
        "afters": [after for _, after in pairs],
    }
    # nothing is known about the sizes of what is joined here; a nested loop would be quadratic
    session.execute(sa.text("SET LOCAL enable_nestloop TO off"))
    changed = session.execute(_CHANGED, values).all()
    session.execute(sa.text("SET LOCAL enable_nestloop TO on"))
    return changed


def _at(
    session: Session, room: Workspace, version_id: int, positions: Sequence[int]
) -> dict[int, ExampleView]:
    wanted = sa.select(Example).where(
        Example.workspace_id == room.id,
        Example.version_id == version_id,
        Example.position == sa.func.any(list(positions)),
    )
    return {row.position: of_row(row) for row in session.scalars(wanted)}
