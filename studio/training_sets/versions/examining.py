"""The job "examine_version": checks the quality of a version whose rows were changed on the way into it.

Asked for by saving; runs in the worker.
"""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.jobs.queue import defer, task
from studio.store.database import Workspace
from studio.store.tables import TrainingSetVersion
from studio.training_sets.quality import examine
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.report import report
from studio.training_sets.shapes.mapping import from_dict
from studio.training_sets.versions.against import checking
from studio.training_sets.versions.listing import every_example, get_version
from studio.training_sets.versions.stored import as_candidate

EXAMINE = "examine_version"


def examining_failed(room: Workspace, sentence: str, *, version_id: int) -> None:
    """The version is as it is; its report says why there is none."""
    unchecked = {"verdict": "unchecked", "why": sentence, "findings": []}
    with room.session() as session:
        row = _unchecked(session, room, version_id)
        if row is not None:
            row.report = {**unchecked, "rows": row.examples, "kept": row.examples, "distinct_answers": 0}


@task(EXAMINE, lane="documents", failed=examining_failed)
def examine_version(room: Workspace, *, version_id: int) -> None:
    """Leave a report and marks on a version that has none; what probes have marked stays."""
    with room.session() as session:
        row = _unchecked(session, room, version_id)
    if row is None:
        return
    mapping = from_dict(row.mapping)
    options = checking(room, mapping, row.examples, divided=True)
    marks = examine(lambda: map(as_candidate, every_example(room, version_id)), options)
    with room.session() as session:
        row = _unchecked(session, room, version_id)
        if row is not None:
            probed = Marks.from_json(row.marks)
            judged = {name: probed.facts[name] for name in ("judged",) if name in probed.facts}
            marks = replace(marks, rows=marks.rows | probed.rows, facts=marks.facts | judged)
            row.report = report(marks, mapping, chosen=()).as_dict()
            row.marks = marks.as_json()


def report_of(room: Workspace, version_id: int) -> dict[str, Any]:
    """The report of a version, measured now where it is not there yet; raises NotFound."""
    if not get_version(room, version_id).report:
        examine_version(room, version_id=version_id)
    return get_version(room, version_id).report


def ask_to_examine(session: Session, room: Workspace, version_id: int) -> None:
    """Ask for the job, where the version has no report yet."""
    if _unchecked(session, room, version_id) is not None:
        defer(room, EXAMINE, session, version_id=version_id)


def _unchecked(session: Session, room: Workspace, version_id: int) -> TrainingSetVersion | None:
    mine = (TrainingSetVersion.workspace_id == room.id, TrainingSetVersion.id == version_id)
    wanted = sa.select(TrainingSetVersion).where(*mine, TrainingSetVersion.report == {})
    return session.scalar(wanted.with_for_update())
