"""The job "read_table": reads an uploaded table, guesses its shape, checks its quality. Runs in the worker.

Commands read small tables at once with the same function; the job then has nothing to do.
"""

from typing import Any

import sqlalchemy as sa

from studio.errors import BadInput
from studio.jobs.queue import task
from studio.store.database import Workspace
from studio.store.tables import TableImport
from studio.training_sets.imports.state import GivenUp, Work, begin, locked_import, opened
from studio.training_sets.quality import examine
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.remedies import DEFAULT
from studio.training_sets.quality.report import report
from studio.training_sets.reading import TableFile
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.mapping import Mapping, choose, from_dict
from studio.training_sets.versions.against import checking

READ_TABLE = "read_table"
_OPENED = 0.3  # the share of the time that looking through the file takes


def reading_failed(room: Workspace, sentence: str, *, import_id: int) -> None:
    """It could not be read: the import says why and stays, to be read otherwise or discarded."""
    unread = (TableImport.workspace_id == room.id, TableImport.id == import_id)
    change = sa.update(TableImport).where(*unread, TableImport.state.in_(("waiting", "reading")))
    with room.session() as session:
        session.execute(change.values(state="failed", error=sentence, seconds_left=None))


@task(READ_TABLE, lane="documents", failed=reading_failed)
def read_table_job(room: Workspace, *, import_id: int) -> None:
    """Leave a report and marks on the import; safe to repeat at any moment."""
    work = begin(room, import_id, ("waiting", "reading"), "reading")
    if work is None:
        return
    try:
        _read(work)
    except GivenUp:
        return


def _read(work: Work) -> None:
    table = opened(work, _OPENED)
    try:
        mapping = _mapping(work, table)
    except BadInput as unclear:  # the table itself was read: a person can say what its columns are
        work.finish(state="failed", error=str(unclear), report={"table": facts(table)}, rows_done=table.count)
        return

    def tell(done: float) -> None:
        work.tell(_OPENED + (1 - _OPENED) * done, int(table.count * done))

    options = checking(work.room, mapping, table.count, divided=False)
    marks = examine(lambda: candidates(table, mapping), options, tell)
    _keep(work, table, mapping, marks)


def _mapping(work: Work, table: TableFile) -> Mapping:
    stored = work.row.mapping
    return choose(table, from_dict(stored)) if stored else guess_mapping(table)


def _keep(work: Work, table: TableFile, mapping: Mapping, marks: Marks) -> None:
    with work.room.session() as session:
        row = locked_import(session, work.room, work.row.id)
        if mapping.shape == "version" and row.remedies == list(DEFAULT):
            row.remedies = ["unreadable"]  # what was saved with a defect comes back with it
        chosen = row.remedies
    found = report(marks, mapping, table.notes, chosen).as_dict()
    work.finish(
        state="ready",
        report=found | {"table": facts(table)},
        marks=marks.as_json(),
        rows_done=table.count,
        progress=1.0,
    )


def facts(table: TableFile) -> dict[str, Any]:
    """How the table was read, for people who look at it."""
    return {
        "columns": table.columns,
        "rows": table.count,
        "notes": table.notes,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header": table.header,
        "sheet": table.sheet,
        "sheets": list(table.sheets),
    }
