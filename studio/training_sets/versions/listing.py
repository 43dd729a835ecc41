"""Versions of training sets and their examples, as pages, commands and training read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from studio.errors import NotFound
from studio.store.database import Workspace
from studio.store.tables import Example, TrainingSet, TrainingSetVersion
from studio.training_sets.versions.stored import ExampleView, Split, of_row

_AT_ONCE = 1000


@dataclass(frozen=True)
class Find:
    """Which examples: with this text, this defect, split or origin, at these positions."""

    text: str = ""
    defect: str | None = None
    split: Split | None = None
    origin: str | None = None
    positions: Sequence[int] | None = None
    offset: int = 0
    limit: int | None = 50


@dataclass(frozen=True)
class VersionView:
    """An immutable state of a training set; `examples` counts all, `held_out` those not trained on.

    `changes` says what was done to the parent to get here, `split` how the held-out part was chosen, `marks`
    which positions show which defect, `probes` what was measured later.
    """

    id: int
    training_set_id: int
    name: str
    version: int
    sha256: str
    author: str
    created_at: datetime
    examples: int
    held_out: int
    source_name: str
    mapping: dict[str, Any]
    report: dict[str, Any]
    source_sha256: str | None = None
    parent_id: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    split: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, Any] = field(default_factory=dict)
    probes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some of the examples, and how many there are in all that were looked for."""

    rows: list[ExampleView]
    found: int


def list_versions(room: Workspace) -> list[VersionView]:
    """Every version of every training set, newest first; their marks are left out, as there may be many."""
    newest_first = _versions(room).order_by(TrainingSetVersion.id.desc())
    with room.session() as session:
        rows = session.execute(newest_first.options(defer(TrainingSetVersion.marks)))
        return [_view(row, name, {}) for row, name in rows]


def get_version(room: Workspace, version_id: int) -> VersionView:
    """One version; raises NotFound."""
    with room.session() as session:
        row = session.execute(_versions(room).where(TrainingSetVersion.id == version_id)).one_or_none()
    if row is None:
        raise _no_such_version(version_id)
    return _view(row[0], row[1], row[0].marks)


def locked_version(session: Session, room: Workspace, version_id: int) -> TrainingSetVersion:
    """The row, nobody else's until the transaction ends; raises NotFound."""
    mine = (TrainingSetVersion.workspace_id == room.id, TrainingSetVersion.id == version_id)
    row = session.scalar(sa.select(TrainingSetVersion).where(*mine).with_for_update())
    if row is None:
        raise _no_such_version(version_id)
    return row


def examples(
    room: Workspace, version_id: int, split: Split | None = None, limit: int | None = None
) -> list[ExampleView]:
    """The examples of a version in their order; `split` takes one side only."""
    return find_examples(room, version_id, Find(split=split, limit=limit)).rows


def find_examples(room: Workspace, version_id: int, find: Find) -> Page:
    """A page of a version's examples in their order; raises NotFound."""
    version = get_version(room, version_id)
    wanted = [Example.workspace_id == room.id, Example.version_id == version_id]
    if find.split:
        wanted.append(Example.split == find.split)
    if find.origin:
        wanted.append(Example.origin == find.origin)
    if find.defect:
        marked = version.marks.get("rows", {}).get(find.defect, [])
        wanted.append(Example.position == sa.func.any(marked))
    if find.positions is not None:
        wanted.append(Example.position == sa.func.any(list(find.positions)))
    if find.text:
        text = Example.prompt + "\n" + Example.completion
        wanted.append(text.icontains(find.text, autoescape=True))
    chosen = sa.select(Example).where(*wanted).order_by(Example.position)
    with room.session() as session:
        found = session.scalar(sa.select(sa.func.count()).select_from(Example).where(*wanted)) or 0
        rows = session.scalars(chosen.offset(find.offset).limit(find.limit))
        return Page([of_row(row) for row in rows], found)


def every_example(room: Workspace, version_id: int) -> Iterator[ExampleView]:
    """All examples in their order, a batch in memory at a time."""
    mine = (Example.workspace_id == room.id, Example.version_id == version_id)
    ordered = sa.select(Example).where(*mine).order_by(Example.position)
    with room.session() as session:
        for row in session.scalars(ordered, execution_options={"yield_per": _AT_ONCE}):
            yield of_row(row)
            session.expunge(row)


def shared_system(room: Workspace, version_id: int) -> str:
    """The system message with which every example that is trained on begins; "" where they differ."""
    first = Example.history[0]
    said = sa.case((first["role"].astext == "system", first["content"].astext), else_="")
    mine = (Example.workspace_id == room.id, Example.version_id == version_id, Example.split == "train")
    with room.session() as session:
        found = session.scalars(sa.select(said).where(*mine).distinct().limit(2)).all()
    return found[0] if len(found) == 1 else ""


def _no_such_version(version_id: int) -> NotFound:
    return NotFound(f"There is no training set version {version_id} in this workspace.")


def _versions(room: Workspace) -> sa.Select[TrainingSetVersion, str]:
    together = sa.and_(
        TrainingSet.id == TrainingSetVersion.training_set_id,
        TrainingSet.workspace_id == TrainingSetVersion.workspace_id,
    )
    return (
        sa.select(TrainingSetVersion, TrainingSet.name)
        .join(TrainingSet, together)
        .where(TrainingSetVersion.workspace_id == room.id)
    )


def _view(row: TrainingSetVersion, name: str, marks: dict[str, Any]) -> VersionView:
    return VersionView(
        id=row.id,
        training_set_id=row.training_set_id,
        name=name,
        version=row.version,
        sha256=row.sha256,
        author=row.author,
        created_at=row.created_at,
        examples=row.examples,
        held_out=row.held_out,
        source_name=row.source_name,
        mapping=row.mapping,
        report=row.report,
        source_sha256=row.source_sha256,
        parent_id=row.parent_id,
        changes=row.changes,
        split=row.split,
        marks=marks,
        probes=row.probes,
    )
