"""An import as pages and commands see it. Used by imports."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from studio.store.tables import TableImport
from studio.training_sets.reading import Reading
from studio.training_sets.shapes.mapping import Mapping, from_dict

BUSY = ("waiting", "reading", "saving")


@dataclass(frozen=True)
class ImportView:
    """An uploaded table. `state`: waiting, reading, ready, stopped, failed, saving, saved.

    `reading` is what a person corrected, `table` how it was read (columns, rows, notes, encoding, delimiter,
    header, sheet, sheets), `mapping` the one in use; `report` as the quality report gives it. `table`,
    `mapping` and `report` are empty until it was read.
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
    return ImportView(
        id=row.id,
        source_name=row.source_name,
        source_sha256=row.source_sha256,
        state=row.state,
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
