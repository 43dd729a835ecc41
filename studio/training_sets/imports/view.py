"""An import, and single rows of it, as pages and commands see them. Used by imports and pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from studio.store.database import Workspace
from studio.store.tables import TableImport
from studio.training_sets.examples import Candidate
from studio.training_sets.imports.state import no_such_import
from studio.training_sets.reading import Reading, peek
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.mapping import Mapping, from_dict

BUSY = ("waiting", "reading", "saving")
FARTHEST = 100_000  # rows; what lies behind would keep a page waiting


@dataclass(frozen=True)
class ImportView:
    """An uploaded table. `state`: waiting, reading, ready, unclear, stopped, failed, saving, saved.

    Unclear: it was read, and a person has to say what its columns are; `error` tells why.
    `reading` is what a person corrected, `table` how it was read (columns, rows, notes, encoding, delimiter,
    header, sheet, sheets), `mapping` the one in use; `report` as the quality report gives it. They are empty
    until they are known.
    """

    id: int
    source_name: str
    source_sha256: str
    state: str
    error: str | None
    progress: float
    rows_done: int
    seconds_left: float | None
    reading: Reading
    table: dict[str, Any]
    mapping: Mapping | None
    remedies: tuple[str, ...]
    report: dict[str, Any]
    marks: dict[str, Any]
    saving: dict[str, Any]
    version_id: int | None
    created_at: datetime

    @property
    def busy(self) -> bool:
        return self.state in BUSY


def view_of(row: TableImport) -> ImportView:
    used = row.mapping or row.report.get("columns")
    unclear = row.state == "failed" and "table" in row.report
    return ImportView(
        id=row.id,
        source_name=row.source_name,
        source_sha256=row.source_sha256,
        state="unclear" if unclear else row.state,
        error=row.error,
        progress=row.progress,
        rows_done=row.rows_done,
        seconds_left=row.seconds_left,
        reading=Reading(**row.reading),
        table=row.report.get("table", {}),
        mapping=from_dict(used) if used else None,
        remedies=tuple(row.remedies),
        report={name: value for name, value in row.report.items() if name != "table"},
        marks=row.marks,
        saving=row.saving,
        version_id=row.version_id,
        created_at=row.created_at,
    )


def rows_at(room: Workspace, import_id: int, numbers: Collection[int]) -> list[Candidate]:
    """The examples of these rows of an import that is ready; those too far down the file are left out."""
    wanted = {number for number in numbers if number <= FARTHEST}
    mine = (TableImport.workspace_id == room.id, TableImport.id == import_id)
    with room.session() as session:
        row = session.scalar(sa.select(TableImport).where(*mine))
    if row is None:
        raise no_such_import()
    mapping = row.report.get("columns")
    if not wanted or not mapping:
        return []
    path, reading = room.blobs.path(row.source_sha256), Reading(**row.reading)
    table = peek(path, row.source_name, reading, max(wanted))
    return [one for one in candidates(table, from_dict(mapping)) if one.number in wanted]
