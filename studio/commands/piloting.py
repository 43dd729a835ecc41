"""`advise --pilot`: the files are brought in, small adapters trained, all approaches compared."""

import argparse
from pathlib import Path

from studio.advice.piloting.pilots import ACTIVE, PilotView, get_pilot, list_pilots
from studio.advice.piloting.requests import PilotRequest, resume_pilot, start_pilot
from studio.advice.piloting.size import PilotSize
from studio.advice.piloting.watching import WORKING, seconds_left, stages_of
from studio.advice.recommend import Recommendation
from studio.commands import arguments
from studio.commands.bringing_in import stored_library, stored_questions, stored_version
from studio.commands.waiting import wait_until
from studio.errors import StudioError
from studio.store.database import Workspace


def add_options(advise: argparse.ArgumentParser) -> None:
    """What a pilot needs to know."""
    advise.add_argument("--pilot", action="store_true", help="prove it: train small adapters and compare")
    advise.add_argument(
        "--questions", metavar="FILE", help="held-out questions for the pilot, with references"
    )
    advise.add_argument("--limit", type=int, default=PilotSize.questions, help="questions the pilot asks")
    advise.add_argument("--minutes", type=float, default=PilotSize.minutes, help="about how long it may take")


def prove(given: argparse.Namespace, answers: dict[str, object]) -> Recommendation:
    """Bring everything in, run the pilot to its end and return what follows from it."""
    room = arguments.open_room(given)
    size = PilotSize(given.limit, given.minutes)
    request = PilotRequest(
        version_id=stored_version(room, Path(given.examples), size.questions) if given.examples else None,
        library_id=stored_library(given, room) if given.documents else None,
        question_set_id=stored_questions(room, Path(given.questions)) if given.questions else None,
        answers=answers,
        size=size,
    )
    pilot_id = _taken_up(room, request) or start_pilot(room, request)
    wait_until(lambda: _ended(given, room, pilot_id), room.settings, ["compute", "documents"])
    pilot = get_pilot(room, pilot_id)
    if pilot.recommendation is None:
        raise StudioError(pilot.error or f"The pilot was {pilot.state}.")
    return Recommendation.restored(pilot.recommendation)


def _taken_up(room: Workspace, request: PilotRequest) -> int | None:
    """The same command again goes on with its pilot while that has not come to its end."""
    for pilot in list_pilots(room):
        if pilot.state != "succeeded" and _is_asked(pilot, request):
            if not pilot.active:
                resume_pilot(room, pilot.id)
            return pilot.id
    return None


def _is_asked(pilot: PilotView, request: PilotRequest) -> bool:
    made_from = (pilot.version_id, pilot.library_id, pilot.size, pilot.answers)
    wanted = (request.version_id, request.library_id, request.size, request.answers)
    # without questions of its own it has made some from what was held out
    return made_from == wanted and request.question_set_id in (None, pilot.question_set_id)


def _ended(given: argparse.Namespace, room: Workspace, pilot_id: int) -> bool:
    pilot = get_pilot(room, pilot_id)
    stages = stages_of(room, pilot)
    now = next((stage for stage in stages if stage.state == WORKING), None)
    left = f"about {seconds_left(stages) / 60:.0f} minutes left"
    arguments.note(given, f"{now.name} ({now.share:.0%}), {left}" if now else left)
    return pilot.state not in ACTIVE
