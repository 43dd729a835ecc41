"""Saves training sets as immutable versions and reads them back. Used by pages, commands and training."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.store.database import Workspace
from studio.store.tables import Example, TrainingSet, TrainingSetVersion
from studio.training_sets.examples import Candidate, candidates
from studio.training_sets.mapping import Mapping
from studio.training_sets.quality import QualityReport, check, mark, usable
from studio.training_sets.reading import Table
from studio.training_sets.splitting import HELD_OUT_SHARE, group_keys, held_out

Split = Literal["train", "held_out"]
LONGEST_NAME = 120


@dataclass(frozen=True)
class Saving:
    """Where a table came from, and how much of it to hold out for measuring."""

    source_name: str = ""
    source_sha256: str | None = None
    held_out_share: float = HELD_OUT_SHARE


@dataclass(frozen=True)
class VersionView:
    """An immutable state of a training set; `examples` counts all, `held_out` those not trained on."""

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


@dataclass(frozen=True)
class ExampleView:
    """One stored example; `position` counts from 0."""

    position: int
    prompt: str
    completion: str
    group: str
    split: str
    extra: dict[str, Any]


def save_training_set(
    room: Workspace, name: str, table: Table, mapping: Mapping, saving: Saving | None = None
) -> int:
    """Store the usable rows as a new version and return its id; the same content gives the same version.

    Raises BadInput when the quality report calls the table unusable; nothing is stored then.
    """
    saving, name = saving or Saving(), name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(f"A training set needs a name of 1 to {LONGEST_NAME} characters.")
    report = check(table, mapping)
    if report.verdict == "unusable":
        raise BadInput(f"This table cannot be used as a training set: {report.why}")
    rows = candidates(table, mapping)
    stored = _as_stored(usable(rows, mark(rows)), saving.held_out_share)
    with room.session() as session:
        return _version(session, room, name, stored, _details(report, mapping, saving))


def list_versions(room: Workspace) -> list[VersionView]:
    """Every version of every training set, newest first."""
    with room.session() as session:
        return [
            _view(*row) for row in session.execute(_versions(room).order_by(TrainingSetVersion.id.desc()))
        ]


def get_version(room: Workspace, version_id: int) -> VersionView:
    """One version; raises NotFound."""
    with room.session() as session:
        row = session.execute(_versions(room).where(TrainingSetVersion.id == version_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no training set version {version_id} in this workspace.")
    return _view(row[0], row[1])


def examples(
    room: Workspace, version_id: int, split: Split | None = None, limit: int | None = None
) -> list[ExampleView]:
    """The examples of a version in their order; `split` takes one side only."""
    get_version(room, version_id)
    wanted = sa.select(Example).where(Example.workspace_id == room.id, Example.version_id == version_id)
    if split:
        wanted = wanted.where(Example.split == split)
    with room.session() as session:
        rows = session.scalars(wanted.order_by(Example.position).limit(limit))
        return [
            ExampleView(row.position, row.prompt, row.completion, row.group_key, row.split, row.extra)
            for row in rows
        ]


def _as_stored(kept: Sequence[Candidate], share: float) -> list[dict[str, Any]]:
    marks, keys = held_out(kept, share), group_keys(kept)
    return [
        {
            "position": position,
            "prompt": row.prompt,
            "completion": row.completion,
            "group_key": key,
            "split": "held_out" if out else "train",
            "extra": row.extra,
        }
        for position, (row, key, out) in enumerate(zip(kept, keys, marks, strict=True))
    ]


def content_hash(stored: Sequence[dict[str, Any]]) -> str:
    """SHA-256 over the canonical JSON of the examples with their split."""
    canonical = json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _details(report: QualityReport, mapping: Mapping, saving: Saving) -> dict[str, Any]:
    return {
        "source_name": saving.source_name,
        "source_sha256": saving.source_sha256,
        "mapping": mapping.as_dict(),
        "report": report.as_dict(),
    }


def _version(
    session: Session, room: Workspace, name: str, stored: Sequence[dict[str, Any]], details: dict[str, Any]
) -> int:
    set_id = _training_set(session, room, name)
    of_set = (TrainingSetVersion.workspace_id == room.id, TrainingSetVersion.training_set_id == set_id)
    digest = content_hash(stored)
    known = session.scalar(
        sa.select(TrainingSetVersion.id).where(*of_set, TrainingSetVersion.sha256 == digest)
    )
    if known is not None:
        return known
    newest = session.scalar(sa.select(sa.func.max(TrainingSetVersion.version)).where(*of_set)) or 0
    row = TrainingSetVersion(
        workspace_id=room.id,
        training_set_id=set_id,
        version=newest + 1,
        sha256=digest,
        examples=len(stored),
        held_out=sum(example["split"] == "held_out" for example in stored),
        **details,
    )
    session.add(row)
    session.flush()
    session.execute(
        sa.insert(Example), [{**e, "workspace_id": room.id, "version_id": row.id} for e in stored]
    )
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


def _view(row: TrainingSetVersion, name: str) -> VersionView:
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
    )
