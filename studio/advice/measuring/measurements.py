"""Measurements with the model: looked at, stopped, and found again by the data they hold for.

Used by the measuring job, measure, pages and commands.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.advice.record.basis import library_state
from studio.engine.client import CHAT_MODEL, EMBEDDING_MODEL
from studio.errors import BadInput, NotFound
from studio.store.database import Workspace
from studio.store.tables import QuestionSet, SignalMeasurement, TrainingSetVersion

ACTIVE = ("queued", "running")
# another way of measuring makes what was kept worthless
EDITION = 1


@dataclass(frozen=True)
class Data:
    """What is measured; without a question set the version's held-out part is asked."""

    library_id: int | None = None
    version_id: int | None = None
    question_set_id: int | None = None


@dataclass(frozen=True)
class MeasurementView:
    """A measurement at this moment; `values` and `sizes` are signals, `rows` the questions behind them."""

    id: int
    data: Data
    state: str
    stopping: bool
    progress: dict[str, Any]
    results: dict[str, Any]
    error: str | None
    finished_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.results.get("values", {}))

    @property
    def sizes(self) -> dict[str, int]:
        return dict(self.results.get("sizes", {}))


def find_measurement(room: Workspace, data: Data) -> MeasurementView | None:
    """Of exactly these data as they are now; None where they were not measured."""
    if data.version_id is None and data.question_set_id is None:
        return None
    wanted = of_room(room).where(SignalMeasurement.data_sha256 == data_hash(room, data))
    with room.session() as session:
        row = session.scalar(wanted)
        return _view(row) if row else None


def get_measurement(room: Workspace, measurement_id: int) -> MeasurementView:
    """One measurement; raises NotFound."""
    with room.session() as session:
        return _view(_found(session.scalar(_one(room, measurement_id)), measurement_id))


def stop_measuring(room: Workspace, measurement_id: int) -> None:
    """Ask it to stop; what is answered so far counts."""
    with room.session() as session:
        row = locked(session, room, measurement_id)
        if row.state not in ACTIVE:
            raise BadInput(f"This measurement is not running; it has {row.state}.")
        row.stop_requested = True


def data_hash(room: Workspace, data: Data) -> str:
    """Of all that the values depend on: documents, examples, questions, models and the way of measuring."""
    with room.session() as session:
        library = library_state(session, room, data.library_id)
        parts = [
            EDITION,
            library and [library["sha256"], library["embedding"]],
            _sha256(session, room, TrainingSetVersion, data.version_id),
            _sha256(session, room, QuestionSet, data.question_set_id),
            room.settings.engine_url,
            room.settings.chat_model or CHAT_MODEL,
            room.settings.embedding_model or EMBEDDING_MODEL,
        ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def locked(session: Session, room: Workspace, measurement_id: int) -> SignalMeasurement:
    """The row, nobody else's until the transaction ends; raises NotFound."""
    return _found(session.scalar(_one(room, measurement_id).with_for_update()), measurement_id)


def of_room(room: Workspace) -> sa.Select[SignalMeasurement]:
    return sa.select(SignalMeasurement).where(SignalMeasurement.workspace_id == room.id)


def _one(room: Workspace, measurement_id: int) -> sa.Select[SignalMeasurement]:
    return of_room(room).where(SignalMeasurement.id == measurement_id)


def _found(row: SignalMeasurement | None, measurement_id: int) -> SignalMeasurement:
    if row is None:
        raise NotFound(f"There is no measurement {measurement_id} in this workspace.")
    return row


def _sha256(
    session: Session,
    room: Workspace,
    table: type[TrainingSetVersion] | type[QuestionSet],
    row_id: int | None,
) -> str | None:
    if row_id is None:
        return None
    return session.scalar(sa.select(table.sha256).where(table.workspace_id == room.id, table.id == row_id))


def _view(row: SignalMeasurement) -> MeasurementView:
    return MeasurementView(
        id=row.id,
        data=Data(row.library_id, row.version_id, row.question_set_id),
        state=row.state,
        stopping=row.state in ACTIVE and row.stop_requested,
        progress=row.progress,
        results=row.results,
        error=row.error,
        finished_at=row.finished_at,
    )
