"""`advise --pilot`: the files are brought in, small adapters trained, all approaches compared."""

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from studio.advice.piloting.pilots import ACTIVE, PilotView, get_pilot, list_pilots
from studio.advice.piloting.requests import PilotRequest, resume_pilot, start_pilot, stop_pilot
from studio.advice.piloting.size import PilotSize
from studio.advice.piloting.stages import PASSAGES_RUN, RUN
from studio.advice.piloting.watching import WORKING, seconds_left, stages_of
from studio.advice.recommend import Recommendation
from studio.commands import arguments
from studio.commands.bringing_in import stored_library, stored_questions, stored_version
from studio.commands.waiting import wait_until
from studio.comparison.question_sets import from_held_out
from studio.errors import StudioError
from studio.jobs.worker import has_worker
from studio.store.database import Workspace
from studio.training_sets.versions import get_version
from studio.tuning.runs import list_runs


def add_options(advise: argparse.ArgumentParser) -> None:
    """What a pilot needs to know."""
    advise.add_argument("--pilot", action="store_true", help="prove it: train small adapters and compare")
    advise.add_argument(
        "--questions", metavar="FILE", help="held-out questions for the pilot, with references"
    )
    advise.add_argument("--limit", type=int, default=PilotSize.questions, help="questions the pilot asks")
    advise.add_argument("--minutes", type=float, default=PilotSize.minutes, help="about how long it may take")


def prove(
    given: argparse.Namespace, room: Workspace, answers: dict[str, object]
) -> tuple[Recommendation, PilotView]:
    """Bring everything in, run the pilot to its end and return what follows from it."""
    size = PilotSize(given.limit, given.minutes)
    request = PilotRequest(
        version_id=stored_version(room, Path(given.examples), size.questions) if given.examples else None,
        library_id=stored_library(given, room) if given.documents else None,
        question_set_id=stored_questions(room, Path(given.questions)) if given.questions else None,
        answers=answers,
        size=size,
    )
    pilot_id = taken_up(room, request) or start_pilot(room, request)
    with told_to_end(room) as told:
        wait_until(lambda: _ended(given, room, pilot_id, told), room.settings, ["compute", "documents"])
    pilot = get_pilot(room, pilot_id)
    if pilot.state == "stopped":
        raise StudioError("The pilot was stopped. The same command goes on with it.")
    if pilot.recommendation is None:
        raise StudioError(pilot.error or f"The pilot has {pilot.state}.")
    return Recommendation.restored(pilot.recommendation), pilot


def taken_up(room: Workspace, request: PilotRequest) -> int | None:
    """The same command again goes on with its pilot while that can still come to its end."""
    for pilot in list_pilots(room):
        if pilot.state != "succeeded" and _is_asked(room, pilot, request) and _can_go_on(room, pilot):
            if not pilot.active:
                resume_pilot(room, pilot.id)
            return pilot.id
    return None


def _is_asked(room: Workspace, pilot: PilotView, request: PilotRequest) -> bool:
    """Of the same data and answers; without questions of its own it asks what its version holds out."""
    made_from = (pilot.version_id, pilot.library_id, pilot.size, pilot.answers)
    wanted = (request.version_id, request.library_id, request.size, request.answers)
    if made_from != wanted:
        return False
    if request.question_set_id is not None or pilot.question_set_id is None:
        return request.question_set_id == pilot.question_set_id
    if request.version_id is None or not get_version(room, request.version_id).held_out:
        return False
    return pilot.question_set_id == from_held_out(room, request.version_id)


def _can_go_on(room: Workspace, pilot: PilotView) -> bool:
    """Not one whose training has failed: that would fail again."""
    needed = [pilot.made[key] for key in (RUN, PASSAGES_RUN) if key in pilot.made]
    usable = {run.id for run in list_runs(room) if run.active or run.state in ("succeeded", "stopped")}
    return pilot.state != "failed" or usable.issuperset(needed)


@contextmanager
def told_to_end(room: Workspace) -> Iterator[threading.Event]:
    """Set by Ctrl-C and SIGTERM, once: the next one ends the command without waiting for a checkpoint.

    Where a studio works on the pilot the command only watches, and may end as ever.
    """
    told = threading.Event()
    numbers = () if has_worker(room.settings, "compute") else (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}

    def as_before() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()
        as_before()

    for number in numbers:
        signal.signal(number, tell)
    try:
        yield told
    finally:
        as_before()


def _ended(given: argparse.Namespace, room: Workspace, pilot_id: int, told: threading.Event) -> bool:
    pilot = get_pilot(room, pilot_id)
    if told.is_set() and pilot.active:
        if not pilot.stopping:
            stop_pilot(room, pilot_id)
        arguments.note(given, "Stopping: what is trained and answered so far is kept")
        return False
    stages = stages_of(room, pilot)
    now = next((stage for stage in stages if stage.state == WORKING), None)
    left = f"about {seconds_left(stages) / 60:.0f} minutes left"
    arguments.note(given, f"{now.name} ({now.share:.0%}), {left}" if now else left)
    return pilot.state not in ACTIVE
