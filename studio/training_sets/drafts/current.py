"""The examples of a draft as they stand: the version's own, with what the steps made of them. All in SQL.

Used by drafts, edits and saving a draft; a page of the grid is read without touching the other rows.
"""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.store.tables import Draft, TrainingSetVersion
from studio.training_sets.versions.listing import Find
from studio.training_sets.versions.stored import CONTENT, ExampleView, of_content

_AT_ONCE = 1000

# the last step that touched an example counts; NULL as content: it was removed
_CURRENT = f"""
    WITH latest AS MATERIALIZED (
        SELECT DISTINCT ON (position) position, content
        FROM draft_edits
        WHERE workspace_id = :workspace AND draft_id = :draft
        ORDER BY position, step DESC
    ), current AS (
        SELECT position, {", ".join(CONTENT)}, 'same' AS state
        FROM examples
        WHERE workspace_id = :workspace AND version_id = :version
            AND position NOT IN (SELECT position FROM latest)
        UNION ALL
        SELECT latest.position, {", ".join(f"made.{name}" for name in CONTENT)},
            CASE WHEN latest.position < :count THEN 'edited' ELSE 'added' END
        FROM latest, jsonb_populate_record(NULL::examples, latest.content) AS made
        WHERE latest.content IS NOT NULL
    )
"""

# a condition on `current`: question and answer are those of the version
SAME_TEXT = """
    EXISTS (
        SELECT FROM examples AS stored
        WHERE stored.workspace_id = :workspace AND stored.version_id = :version
            AND stored.position = current.position
            AND (stored.prompt, stored.completion) = (current.prompt, current.completion)
    )
"""


@dataclass(frozen=True)
class DraftRow(ExampleView):
    """An example of a draft; `state` is same, edited or added."""

    state: str = "same"


@dataclass(frozen=True)
class DraftPage:
    """Some of the examples, and how many there are in all that were looked for."""

    rows: list[DraftRow]
    found: int


@dataclass(frozen=True)
class Counts:
    """How many examples a draft has, and what was done to them."""

    examples: int
    held_out: int
    added: int
    edited: int
    removed: int
    steps: int


def page_of(session: Session, draft: Draft, find: Find) -> DraftPage:
    """The examples that are looked for, in the order of their positions."""
    where, values = conditions(session, draft, find)
    found = session.scalar(sa.text(f"{_CURRENT} SELECT count(*) FROM current WHERE {where}"), values)
    part = sa.text(
        f"{_CURRENT} SELECT * FROM current WHERE {where} ORDER BY position OFFSET :offset LIMIT :limit"
    )
    rows = session.execute(part, {**values, "offset": find.offset, "limit": find.limit})
    return DraftPage([_row(row) for row in rows.mappings()], found or 0)


def all_rows(session: Session, draft: Draft) -> Generator[DraftRow, None, None]:
    """Every example in order, a batch at a time; who does not read to the end closes it."""
    where, values = conditions(session, draft, Find())
    every = sa.text(f"{_CURRENT} SELECT * FROM current WHERE {where} ORDER BY position")
    with session.execute(every, values, execution_options={"yield_per": _AT_ONCE}) as rows:
        for row in rows.mappings():
            yield _row(row)


def count_rows(session: Session, draft: Draft) -> Counts:
    counted = sa.text(
        f"""
        {_CURRENT}
        SELECT count(*) AS examples,
            count(*) FILTER (WHERE split = 'held_out') AS held_out,
            count(*) FILTER (WHERE state = 'added') AS added,
            count(*) FILTER (WHERE state = 'edited') AS edited,
            (SELECT count(*) FROM latest WHERE content IS NULL AND position < :count) AS removed,
            (SELECT count(DISTINCT step) FROM draft_edits
             WHERE workspace_id = :workspace AND draft_id = :draft) AS steps
        FROM current
        """
    )
    return Counts(**session.execute(counted, _of(session, draft)).mappings().one())


@dataclass(frozen=True)
class Step:
    """One step of a draft: its label, in which {rows} says how many, and what becomes of the examples.

    `content` is an SQL expression over the columns of `current`, `only` a condition on them; `together`: the
    others of their groups are taken along.
    """

    label: str
    content: str
    values: dict[str, Any] = field(default_factory=dict)
    only: str = "true"
    together: bool = False


def insert_step(session: Session, draft: Draft, number: int, step: Step, find: Find) -> int:
    """Make step `number` of all examples that are looked for; returns how many they are."""
    where, values = conditions(session, draft, find)
    if step.together:
        where = f"""({where} OR group_key <> '' AND group_key IN (
            SELECT group_key FROM current WHERE {where}))"""
    values |= {"step": number, "label": step.label, **step.values}
    made = sa.text(
        f"""
        {_CURRENT}, touched AS (
            SELECT position, {step.content} AS content FROM current WHERE {where} AND {step.only}
        )
        INSERT INTO draft_edits (workspace_id, draft_id, step, position, label, content)
        SELECT :workspace, :draft, :step, position,
            replace(:label, '{{rows}}', to_char(count(*) OVER (), 'FM999,999,999')
                || CASE count(*) OVER () WHEN 1 THEN ' example' ELSE ' examples' END),
            content
        FROM touched
        """
    )
    return cast("sa.CursorResult[Any]", session.execute(made, values)).rowcount


def conditions(session: Session, draft: Draft, find: Find) -> tuple[str, dict[str, Any]]:
    """What `find` looks for, as conditions on `current` and their values."""
    parts, values = ["true"], _of(session, draft)
    for name in ("split", "origin"):
        if getattr(find, name):
            parts.append(f"{name} = :{name}")
            values[name] = getattr(find, name)
    if find.text:
        parts.append("strpos(lower(prompt || chr(10) || completion), lower(:text)) > 0")
        values["text"] = find.text
    if find.positions is not None or find.defect:
        parts.append("position = ANY(:positions)")
        values["positions"] = _positions(session, draft, find)
    return " AND ".join(parts), values


def _positions(session: Session, draft: Draft, find: Find) -> list[int]:
    if not find.defect:
        return list(find.positions or ())
    marked = set(version_of(session, draft).marks.get("rows", {}).get(find.defect, ()))
    return sorted(marked if find.positions is None else marked & set(find.positions))


def version_of(session: Session, draft: Draft) -> TrainingSetVersion:
    """The version that the draft changes."""
    return session.get_one(TrainingSetVersion, draft.version_id)


def _of(session: Session, draft: Draft) -> dict[str, Any]:
    return {
        "workspace": draft.workspace_id,
        "draft": draft.id,
        "version": draft.version_id,
        "count": version_of(session, draft).examples,
    }


def _row(found: sa.RowMapping) -> DraftRow:
    example = of_content(found["position"], dict(found))
    return DraftRow(**{**vars(example), "state": found["state"]})
