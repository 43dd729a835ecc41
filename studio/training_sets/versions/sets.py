"""Training sets with their versions and what was trained on each; deleting them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.library.originals import drop_unused_originals
from studio.store.database import Workspace
from studio.store.tables import Adapter, Draft, DraftEdit, Run, TrainingSet, TrainingSetVersion
from studio.training_sets.versions.listing import VersionView, list_versions, locked_version


@dataclass(frozen=True)
class MadeFrom:
    """A run on a version, and the adapter it made, if it did."""

    run_id: int
    run_name: str
    state: str
    adapter_id: int | None


@dataclass(frozen=True)
class SetView:
    """A training set; `versions` newest first, `runs` by the id of the version they were made from."""

    id: int
    name: str
    versions: list[VersionView]
    runs: dict[int, list[MadeFrom]]


def list_sets(room: Workspace) -> list[SetView]:
    """Every training set that has a version, the one saved last first."""
    by_set: dict[int, list[VersionView]] = defaultdict(list)
    for version in list_versions(room):
        by_set[version.training_set_id].append(version)
    with room.session() as session:
        runs = _runs(session, room)
    return [
        SetView(set_id, found[0].name, found, {one.id: runs[one.id] for one in found})
        for set_id, found in by_set.items()
    ]


def find_version(room: Workspace, named: str) -> VersionView:
    """The version of this id, or `NAME`: the newest of that set, or `NAME@2`; raises NotFound."""
    versions = list_versions(room)
    name, at, number = named.rpartition("@")
    for version in versions:
        if version.name == named or str(version.id) == named:
            return version
        if at and version.name == name and str(version.version) == number:
            return version
    raise NotFound(f"There is no training set “{named}” here. `sets list` shows what there is.")


def delete_version(room: Workspace, version_id: int) -> None:
    """Delete one version, and the set with its last; raises BadInput where a run was made from it."""
    with room.session() as session:
        version = locked_version(session, room, version_id)
        originals = _delete(session, room, [version])
        others = _locked(room).where(TrainingSetVersion.training_set_id == version.training_set_id)
        if session.scalar(others.limit(1)) is None:
            session.delete(session.get_one(TrainingSet, version.training_set_id))
    drop_unused_originals(room, originals)


def delete_set(room: Workspace, training_set_id: int) -> None:
    """Delete all of a training set; raises BadInput where a run was made from one of its versions."""
    with room.session() as session:
        found = sa.select(TrainingSet).where(TrainingSet.workspace_id == room.id)
        row = session.scalar(found.where(TrainingSet.id == training_set_id).with_for_update())
        if row is None:
            raise NotFound(f"There is no training set {training_set_id} in this workspace.")
        of_set = _locked(room).where(TrainingSetVersion.training_set_id == training_set_id)
        originals = _delete(session, room, session.scalars(of_set).all())
        session.delete(row)
    drop_unused_originals(room, originals)


def _locked(room: Workspace) -> sa.Select[TrainingSetVersion]:
    return sa.select(TrainingSetVersion).where(TrainingSetVersion.workspace_id == room.id).with_for_update()


def _delete(session: Session, room: Workspace, versions: Sequence[TrainingSetVersion]) -> set[str]:
    """Delete what nothing was made from; returns the originals that may be needed no more."""
    runs = _runs(session, room)
    for version in versions:
        if runs[version.id]:
            made = ", ".join(f"{one.run_id} ({one.run_name})" for one in runs[version.id])
            raise BadInput(f"Version {version.version} stays: it says what these runs learned from: {made}.")
        if session.scalar(_edits(room).where(Draft.version_id == version.id).limit(1)) is not None:
            raise BadInput(
                f"Version {version.version} has changes that are not saved: save or discard them first."
            )
    for version in versions:
        session.delete(version)
    session.flush()
    return {version.source_sha256 for version in versions if version.source_sha256}


def _edits(room: Workspace) -> sa.Select[int]:
    together = sa.and_(Draft.id == DraftEdit.draft_id, Draft.workspace_id == DraftEdit.workspace_id)
    return sa.select(DraftEdit.draft_id).join(Draft, together).where(Draft.workspace_id == room.id)


def _runs(session: Session, room: Workspace) -> dict[int, list[MadeFrom]]:
    together = sa.and_(Adapter.run_id == Run.id, Adapter.workspace_id == Run.workspace_id)
    found = (
        sa.select(Run.version_id, Run.id, Run.name, Run.state, Adapter.id)
        .outerjoin(Adapter, together)
        .where(Run.workspace_id == room.id)
        .order_by(Run.id)
    )
    runs: dict[int, list[MadeFrom]] = defaultdict(list)
    for version_id, run_id, name, state, adapter_id in session.execute(found):
        runs[version_id].append(MadeFrom(run_id, name, state, adapter_id))
    return runs
