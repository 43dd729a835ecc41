"""The job "save_import": stores a table that was read and looked at as a version. Runs in the worker.

Small tables are saved at once by whoever asks, with the same function; the job then has nothing to do.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from studio.jobs.queue import task
from studio.store.database import Workspace
from studio.store.tables import TableImport
from studio.training_sets.examples import Candidate
from studio.training_sets.imports.state import GivenUp, Work, begin, opened
from studio.training_sets.quality.marks import Marks
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.mapping import from_dict
from studio.training_sets.versions.saving import Saving, save_streamed

SAVE_IMPORT = "save_import"
_OPENED, _DIVIDED = 0.2, 0.5  # shares of the time: until the file is looked through, until the rows are split


def saving_failed(room: Workspace, sentence: str, *, import_id: int) -> None:
    """It could not be saved: it is ready as before, and says why."""
    unsaved = (
        TableImport.workspace_id == room.id,
        TableImport.id == import_id,
        TableImport.state == "saving",
    )
    change = sa.update(TableImport).where(*unsaved)
    with room.session() as session:
        session.execute(change.values(state="ready", error=sentence, seconds_left=None))


@task(SAVE_IMPORT, lane="documents", failed=saving_failed)
def save_import_job(room: Workspace, *, import_id: int) -> None:
    """Make the version that was asked for; repeated, it finds the version it has made."""
    work = begin(room, import_id, ("saving",), "saving")
    if work is None:
        return
    try:
        version_id = _save(work)
    except GivenUp:
        return
    work.finish(state="saved", version_id=version_id, marks={}, progress=1.0)


def _save(work: Work) -> int:
    row, marks = work.row, Marks.from_json(work.row.marks)
    table, mapping = opened(work, _OPENED), from_dict(work.row.report["columns"])
    passes = iter([(_OPENED, _DIVIDED), (_DIVIDED, 1.0)])

    def rows() -> Iterator[Candidate]:
        start, end = next(passes)
        return work.counted(candidates(table, mapping), start, end, marks.total)

    saving = Saving(
        source_name=row.source_name,
        source_sha256=row.source_sha256,
        held_out_share=row.saving["held_out_share"],
        by=row.saving["by"],
        mapping=mapping.as_dict(),
        marks=marks,
        remedies=row.remedies,
        changes={"remedies": row.remedies, "rows": row.report["rows"]},
    )
    return save_streamed(work.room, row.saving["name"], rows, saving)
