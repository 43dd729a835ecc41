"""Deletes a run with everything it made: rows, folder, adapter, exports. Called by pages and commands."""

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput
from studio.models.adapter_files import adapter_folder
from studio.models.promotions import TURNS, in_use_now, withdraw
from studio.store.database import Workspace
from studio.store.tables import Adapter, Comparison, Conversation, Export, Run
from studio.tuning.lineage import asks_run
from studio.tuning.listing import ACTIVE, no_such_run

WORKING = ("queued", "running")


@dataclass(frozen=True)
class Belongings:
    """What goes with a run (`size` in bytes) and what stays without it.

    Comparisons keep their answers and figures; conversations go on with the base model.
    """

    size: int
    exports: int
    comparisons: list[str]
    conversations: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def sentence(self) -> str:
        """For whoever is about to delete it, or has."""
        said = f"This frees {self.size / 1e6:,.1f} MB"
        said += f", {self.exports} exported model(s) among it." if self.exports else "."
        if self.comparisons:
            said += f" Used by the comparisons {', '.join(self.comparisons)}, which keep their figures."
        if self.conversations:
            said += f" {self.conversations} conversation(s) go on with the base model."
        return said


def belongings(room: Workspace, run_id: int) -> Belongings:
    """What deleting the run would take along; raises NotFound."""
    with room.session() as session:
        return _belongings(session, room, _run(session, room, run_id))


def delete_run(room: Workspace, run_id: int) -> Belongings:
    """Delete a run that has ended and is not in use. Raises BadInput with what stands in the way."""
    with room.session() as session:
        room.take_turns(session, TURNS)
        run = _run(session, room, run_id, lock=True)
        adapter = _adapter(session, room, run_id)
        if run.state in ACTIVE:
            raise BadInput(f"Run {run_id} is {run.state}; stop it first.")
        if adapter is not None and adapter.id in in_use_now(session, room).values():
            raise BadInput(
                f"{adapter.name} is in use for {adapter.base_model}: go back to the one before, or put "
                "another one into use, then delete it."
            )
        _refuse_while_working(session, room, run_id)
        going = _belongings(session, room, run)
        if adapter is not None:
            withdraw(session, room, adapter.id)
        for folder in _folders(session, room, run_id):  # before the rows: cut short, it can be repeated
            shutil.rmtree(folder, ignore_errors=True)
        session.delete(run)
        return going


def _refuse_while_working(session: Session, room: Workspace, run_id: int) -> None:
    exporting = sa.select(Export.id).where(
        Export.workspace_id == room.id, Export.run_id == run_id, Export.state.in_(WORKING)
    )
    if session.scalar(exporting.limit(1)) is not None:
        raise BadInput(f"An export of run {run_id} is being built; stop it first.")
    asking = sa.select(Comparison.name).where(
        Comparison.workspace_id == room.id, asks_run(run_id), Comparison.state.in_(WORKING)
    )
    name = session.scalar(asking.limit(1))
    if name is not None:
        raise BadInput(f"The comparison {name} still asks this run's adapter; stop it first.")


def _belongings(session: Session, room: Workspace, run: Run) -> Belongings:
    adapter = _adapter(session, room, run.id)
    compared = sa.select(Comparison.name).where(Comparison.workspace_id == room.id, asks_run(run.id))
    talking = (
        sa.select(sa.func.count())
        .select_from(Conversation)
        .where(Conversation.workspace_id == room.id, Conversation.adapter_id == (adapter and adapter.id))
    )
    return Belongings(
        size=sum(map(_size, _folders(session, room, run.id))),
        exports=len(_exports(session, room, run.id)),
        comparisons=list(session.scalars(compared.order_by(Comparison.id))),
        conversations=session.scalar(talking) or 0 if adapter else 0,
    )


def _folders(session: Session, room: Workspace, run_id: int) -> list[Path]:
    """Everything on disk that is the run's alone."""
    data, adapter = room.settings.data, _adapter(session, room, run_id)
    own = [data / "runs" / str(run_id), *([adapter_folder(data, adapter.id)] if adapter else [])]
    return own + [data / "exports" / str(export) for export in _exports(session, room, run_id)]


def _exports(session: Session, room: Workspace, run_id: int) -> list[int]:
    mine = (Export.workspace_id == room.id, Export.run_id == run_id)
    return list(session.scalars(sa.select(Export.id).where(*mine)))


def _adapter(session: Session, room: Workspace, run_id: int) -> Adapter | None:
    mine = (Adapter.workspace_id == room.id, Adapter.run_id == run_id)
    return session.scalar(sa.select(Adapter).where(*mine))


def _run(session: Session, room: Workspace, run_id: int, *, lock: bool = False) -> Run:
    wanted = sa.select(Run).where(Run.workspace_id == room.id, Run.id == run_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise no_such_run(run_id)
    return row


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
