"""An import while a job works on it: how far it is, and whether it is still wanted. Used by its jobs."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import NotFound
from studio.jobs.pace import Pace
from studio.store.database import Workspace
from studio.store.tables import TableImport
from studio.training_sets.reading import Reading, TableFile, open_table

STOPPED = "Stopped. Try again goes on with it."
TELL_SECONDS = 0.4
ROWS_BETWEEN = 200
Item = TypeVar("Item")


class GivenUp(Exception):
    """Somebody stopped it, discarded it, or wants it read in another way: this work is for nothing."""


@dataclass
class Work:
    """An attempt at an import in `state`; it counts only while reading and mapping stay as they are."""

    room: Workspace
    row: TableImport
    state: str
    pace: Pace = field(default_factory=Pace)
    told: float = 0.0

    def tell(self, share: float, rows: int = 0) -> None:
        """Note that this share is done (0 to 1); raises GivenUp where going on makes no sense."""
        now = time.monotonic()
        if now - self.told < TELL_SECONDS:
            return
        self.told = now
        left = self.pace.seconds_left(share, 1 - share)
        done = {"progress": share, "seconds_left": left} | ({"rows_done": rows} if rows else {})
        with self.room.session() as session:
            session.execute(sa.text("SET LOCAL synchronous_commit TO off"))
            noted = sa.update(TableImport).where(*self.mine).values(**done)
            stop = session.scalar(noted.returning(TableImport.stop_requested))
        if stop is None:
            raise GivenUp
        if stop:
            self.finish(state="stopped" if self.state == "reading" else "ready", error=STOPPED)
            raise GivenUp

    def finish(self, **values: Any) -> bool:
        """Write how it ended; False when somebody else has decided otherwise meanwhile."""
        last = {"seconds_left": None, "stop_requested": False, **values}
        with self.room.session() as session:
            ended = sa.update(TableImport).where(*self.mine).values(**last)
            return session.scalar(ended.returning(TableImport.id)) is not None

    @property
    def mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            TableImport.workspace_id == self.room.id,
            TableImport.id == self.row.id,
            TableImport.state == self.state,
            TableImport.reading == self.row.reading,
            TableImport.mapping == self.row.mapping,
        )

    def counted(self, rows: Iterable[Item], start: float, end: float, total: int) -> Iterator[Item]:
        """The rows, told as they go by: from the share `start` to `end`."""
        for number, row in enumerate(rows, start=1):
            if number % ROWS_BETWEEN == 0:
                self.tell(start + (end - start) * min(1.0, number / max(1, total)))
            yield row


def begin(room: Workspace, import_id: int, states: tuple[str, ...], state: str) -> Work | None:
    """Take an import in one of these states on; None when there is nothing to do any more."""
    with room.session() as session:
        row = session.scalar(_one(room, import_id).with_for_update())
        if row is None or row.state not in states:
            return None
        row.state, row.error, row.progress, row.rows_done = state, None, 0.0, 0
    return Work(room, row, state)


def locked_import(session: Session, room: Workspace, import_id: int) -> TableImport:
    """The import, for changing it; raises NotFound."""
    row = session.scalar(_one(room, import_id).with_for_update())
    if row is None:
        raise no_such_import()
    return row


def no_such_import() -> NotFound:
    return NotFound("This import was saved or discarded meanwhile. Upload the file again to start anew.")


def opened(work: Work, end: float) -> TableFile:
    """The whole table, looked through; that is done up to the share `end`."""
    reading = Reading(**work.row.reading)
    return open_table(
        original(work), work.row.source_name, reading, progress=lambda part: work.tell(part * end)
    )


def original(work: Work) -> Path:
    return work.room.blobs.path(work.row.source_sha256)


def _one(room: Workspace, import_id: int) -> sa.Select[TableImport]:
    return sa.select(TableImport).where(TableImport.workspace_id == room.id, TableImport.id == import_id)
