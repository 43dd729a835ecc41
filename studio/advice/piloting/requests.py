"""Asks for a pilot, or for one to go on, and checks that it can be made. Used by pages and commands."""

from dataclasses import asdict, dataclass, field
from typing import Any

from studio.advice.piloting.job import JOB
from studio.advice.piloting.pilots import ACTIVE, get_pilot, locked
from studio.advice.piloting.size import PilotSize
from studio.advice.piloting.stages import let_go_on, stop_what_runs
from studio.comparison.question_sets import get_question_set
from studio.errors import BadInput
from studio.jobs.queue import defer
from studio.library.libraries import get_library
from studio.store.database import Workspace
from studio.store.tables import Pilot
from studio.training_sets.versions import get_version

ENDED_EARLY = ("stopped", "failed")
FEWEST_QUESTIONS, MOST_QUESTIONS = 6, 200
FEWEST_MINUTES, MOST_MINUTES = 1.0, 600.0


@dataclass(frozen=True)
class PilotRequest:
    """What to prove it on; without a question set the version's held-out part is asked.

    `answers` are those of the advice: what follows from the pilot depends on them too.
    """

    version_id: int | None = None
    library_id: int | None = None
    question_set_id: int | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    size: PilotSize = field(default_factory=PilotSize)


def start_pilot(room: Workspace, request: PilotRequest) -> int:
    """Queue a pilot and return its id; raises BadInput or NotFound for what it cannot be made from."""
    _check(room, request)
    with room.session() as session:
        row = Pilot(
            workspace_id=room.id,
            version_id=request.version_id,
            library_id=request.library_id,
            question_set_id=request.question_set_id,
            answers=request.answers,
            settings=asdict(request.size),
            made={},
        )
        session.add(row)
        session.flush()
        row.job_id = defer(room, JOB, session, pilot_id=row.id)
        return row.id


def stop_pilot(room: Workspace, pilot_id: int) -> None:
    """Ask it and what it waits for to stop; what is trained and answered so far is kept."""
    with room.session() as session:
        row = locked(session, room, pilot_id)
        if row.state not in ACTIVE:
            raise BadInput(f"Pilot {pilot_id} is not running; it has {row.state}.")
        row.stop_requested = True
    stop_what_runs(room, get_pilot(room, pilot_id))


def resume_pilot(room: Workspace, pilot_id: int) -> None:
    """Go on with one that was stopped or has failed, from where it is."""
    pilot = get_pilot(room, pilot_id)
    if pilot.state in ENDED_EARLY:
        let_go_on(room, pilot)
    with room.session() as session:
        row = locked(session, room, pilot_id)
        if row.state not in ENDED_EARLY:
            raise BadInput(f"Only a pilot that was stopped or has failed can go on; this one is {row.state}.")
        row.state, row.stop_requested, row.error, row.finished_at = "queued", False, None, None
        row.job_id = defer(room, JOB, session, pilot_id=row.id)


def _check(room: Workspace, request: PilotRequest) -> None:
    size = request.size
    if not FEWEST_QUESTIONS <= size.questions <= MOST_QUESTIONS:
        raise BadInput(f"Ask {FEWEST_QUESTIONS} to {MOST_QUESTIONS} questions.")
    if not FEWEST_MINUTES <= size.minutes <= MOST_MINUTES:
        raise BadInput(f"Give the pilot {FEWEST_MINUTES:g} to {MOST_MINUTES:g} minutes.")
    if request.library_id is not None:
        get_library(room, request.library_id)
    if request.question_set_id is not None:
        get_question_set(room, request.question_set_id)
    version = None if request.version_id is None else get_version(room, request.version_id)
    if version is None and request.library_id is None:
        raise BadInput("A pilot needs a training set or a library: bring examples or documents first.")
    if request.question_set_id is None and (version is None or not version.held_out):
        raise BadInput(
            "A pilot needs held-out questions with answers: choose a question set, or a training set that "
            "holds some of its examples out."
        )
