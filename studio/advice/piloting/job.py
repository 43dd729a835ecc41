"""The job "pilot": goes through the stages, and derives the recommendation again from what they measured.

Run by the compute worker between the work it waits for: this lane runs one job at a time, so the pilot goes
to the end of the queue whenever something it asked for is not done. Safe to repeat at any moment.
"""

import time
from dataclasses import astuple

import sqlalchemy as sa

from studio.advice.answers import Answers
from studio.advice.measure import measure_signals
from studio.advice.measuring.looking_up import lookup_on
from studio.advice.measuring.measurements import Data
from studio.advice.pilot import after_pilot
from studio.advice.piloting.curve import CurvePoint, what_the_curve_says
from studio.advice.piloting.pilots import ACTIVE, PilotView, get_pilot, locked
from studio.advice.piloting.size import CURVE
from studio.advice.piloting.stages import (
    NEARNESS,
    RUN,
    STAGES,
    WITHOUT_RAFT,
    Halted,
    curve_key,
    stop_what_runs,
)
from studio.advice.recommend import recommend
from studio.comparison.question_sets import Question
from studio.comparison.results import find, report
from studio.comparison.selection import chosen_questions
from studio.jobs.queue import defer, task
from studio.store.database import Workspace
from studio.tuning.runs import get_run

JOB = "pilot"
WAIT_SECONDS = 2.0


def fail_pilot(room: Workspace, sentence: str, *, pilot_id: int) -> None:
    """Called by the worker when the job cannot go on; what it made is kept."""
    with room.session() as session:
        row = locked(session, room, pilot_id)
        row.state, row.error = "failed", sentence


@task(JOB, lane="compute", failed=fail_pilot)
def pilot_job(room: Workspace, *, pilot_id: int) -> None:
    """One look at everything there is to do; asks to be called again while something is waited for."""
    pilot = get_pilot(room, pilot_id)
    if not pilot.active:
        return
    try:
        waits = not pilot.stopping and any(stage(room, get_pilot(room, pilot_id)) for stage in STAGES)
        halted = False
    except Halted:
        waits, halted = False, True
    pilot = get_pilot(room, pilot_id)
    if halted or pilot.stopping:
        stop_what_runs(room, pilot)
        _end(room, pilot, "stopped")
    elif waits:
        _again(room, pilot)
    else:
        _conclude(room, pilot)


def _again(room: Workspace, pilot: PilotView) -> None:
    time.sleep(WAIT_SECONDS)
    with room.session() as session:
        row = locked(session, room, pilot.id)
        row.state, row.job_id = "running", defer(room, JOB, session, pilot_id=pilot.id)


def _conclude(room: Workspace, pilot: PilotView) -> None:
    """Signals, answers and the comparison together; the learning curve goes along with the comparison."""
    data = Data(pilot.library_id, pilot.version_id, pilot.question_set_id)
    signals = measure_signals(room, *astuple(data))
    points = learning_curve(room, pilot)
    compared = report(room, int(pilot.comparison_id or 0)).as_dict()
    nearness = pilot.made.get(NEARNESS)
    measured = compared | {
        "notes": [*compared["notes"], *([nearness] if nearness else [])],
        "learning_curve": [point.as_dict() for point in points],
        "curve_says": what_the_curve_says(points),
        "without_raft": pilot.made.get(WITHOUT_RAFT),
        "lookup": lookup_on(room, data, _asked(room, pilot), compared["metric"]),
    }
    found = after_pilot(recommend(Answers.read(pilot.answers), signals), measured)
    with room.session() as session:
        locked(session, room, pilot.id).recommendation = found.as_dict()
    _end(room, pilot, "succeeded")


def _asked(room: Workspace, pilot: PilotView) -> list[Question]:
    """The questions of its comparison that have an answer."""
    with room.session() as session:
        asked, _ = chosen_questions(session, room, find(session, room, int(pilot.comparison_id or 0)))
    return [one for one in asked.values() if one.answerable]


def learning_curve(room: Workspace, pilot: PilotView) -> list[CurvePoint]:
    """Of the runs that succeeded, fewest examples first."""
    shares = [*((share, curve_key(share)) for share in CURVE), (1.0, RUN)]
    runs = [(share, get_run(room, pilot.made[key])) for share, key in shares if key in pilot.made]
    return [
        CurvePoint(share, int(run.result["examples"]), run.eval_loss)
        for share, run in runs
        if run.state == "succeeded" and run.eval_loss is not None
    ]


def _end(room: Workspace, pilot: PilotView, state: str) -> None:
    with room.session() as session:
        row = locked(session, room, pilot.id)
        if row.state in ACTIVE:
            row.state, row.finished_at = state, session.scalar(sa.select(sa.func.now()))
