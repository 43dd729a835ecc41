"""What the first rows of an import would become, before it counts. Called by pages, as `imports.preview`."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.store.tables import TableImport
from studio.training_sets.examples import Candidate
from studio.training_sets.imports.state import no_such_import
from studio.training_sets.reading import Reading, TableFile, peek
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.mapping import Mapping, choose, from_dict


@dataclass(frozen=True)
class Preview:
    """The first rows as cells with their numbers, and as the examples they would become; `table` is how the
    file was read for it. Without a mapping that fits there are no examples."""

    table: TableFile
    columns: list[str]
    rows: list[tuple[int, list[str]]]
    mapping: Mapping | None
    examples: list[Candidate]
    notes: list[str]


def preview(room: Workspace, import_id: int, rows: int = 20, reading: Reading | None = None) -> Preview:
    """The first rows with the reading and mapping of now; raises BadInput where they cannot be read.

    With another `reading`, what it would give: the mapping is guessed anew, and nothing is changed.
    """
    mine = (TableImport.workspace_id == room.id, TableImport.id == import_id)
    with room.session() as session:
        row = session.scalar(sa.select(TableImport).where(*mine))
    if row is None:
        raise no_such_import()
    path = room.blobs.path(row.source_sha256)
    now = Reading(**row.reading)
    table = peek(path, row.source_name, reading or now, rows)
    used = (row.mapping or row.report.get("columns")) if reading in (None, now) else None
    mapping = _fitting(table, used)
    examples = list(candidates(table, mapping)) if mapping else []
    return Preview(table, table.columns, list(table.numbered()), mapping, examples, table.notes)


def _fitting(table: TableFile, used: dict[str, Any] | None) -> Mapping | None:
    """The mapping in use, or the likeliest; None where it does not fit or none can be told."""
    try:
        return choose(table, from_dict(used)) if used else guess_mapping(table)
    except BadInput:
        return None
