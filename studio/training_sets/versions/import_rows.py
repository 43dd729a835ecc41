"""Single rows of a table that is being prepared, as the examples they would become. Called by pages."""

from collections.abc import Collection

import sqlalchemy as sa

from studio.store.database import Workspace
from studio.store.tables import TableImport
from studio.training_sets.examples import Candidate
from studio.training_sets.reading import Reading, peek
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.mapping import from_dict
from studio.training_sets.versions.import_state import no_such_import

FARTHEST = 100_000  # rows; what lies behind would keep a page waiting


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
