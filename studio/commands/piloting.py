"""`advise --pilot`: the files are brought in, small adapters trained, all approaches compared."""

import argparse
from pathlib import Path

from studio.advice.piloting.pilots import ACTIVE, PilotView, get_pilot, list_pilots
from studio.advice.piloting.requests import PilotRequest, resume_pilot, start_pilot
from studio.advice.piloting.size import PilotSize
from studio.advice.piloting.watching import WORKING, seconds_left, stages_of
from studio.advice.recommend import Recommendation
from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.comparison.question_sets import read_questions, save_question_set
from studio.errors import BadInput, NotFound, StudioError
from studio.jobs.queue import is_asked
from studio.library.documents import count_states
from studio.library.intake.adding import add_documents
from studio.library.intake.ingest import INGEST
from studio.library.intake.states import WORKING as BEING_READ
from studio.library.libraries import create_library, find_library
from studio.library.quality.measuring import MEASURE
from studio.store.database import Workspace
from studio.training_sets.reading import read_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, save_training_set

LIBRARY = "Pilot: {}"
LEAST_HELD_OUT, MOST_HELD_OUT = 0.1, 0.3


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
        version_id=_version(room, Path(given.examples), size) if given.examples else None,
        library_id=_library(given, room) if given.documents else None,
        question_set_id=_questions(room, Path(given.questions)) if given.questions else None,
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


def _version(room: Workspace, path: Path, size: PilotSize) -> int:
    """Holds out as many as the pilot asks, if that leaves enough to train on."""
    table = read_table(path, path.name)
    share = min(MOST_HELD_OUT, max(LEAST_HELD_OUT, size.questions / max(1, len(table.rows))))
    saving = Saving(path.name, room.blobs.put(path), held_out_share=share)
    return save_training_set(room, path.stem, table, guess_mapping(table), saving)


def _library(given: argparse.Namespace, room: Workspace) -> int:
    """Of these documents; the same command again takes the same library."""
    paths = [Path(path) for path in given.documents]
    name = LIBRARY.format(paths[0].resolve().name)
    try:
        library_id = find_library(room, name).id
    except NotFound:
        library_id = create_library(room, name).id
    added = add_documents(room, library_id, paths)

    def settled() -> bool:
        states = count_states(room, added)
        arguments.note(given, f"{states.get('ready', 0)} of {len(added)} documents are ready")
        return not any(state in BEING_READ for state in states) and not is_asked(room, INGEST, MEASURE)

    wait_until(settled, room.settings, ["documents"])
    if not count_states(room, added).get("ready"):
        raise BadInput(f"None of the documents could be read: {'; '.join(added.refused) or 'see `ingest`'}.")
    return library_id


def _questions(room: Workspace, path: Path) -> int:
    return save_question_set(room, path.stem, read_questions(path, path.name), source=path.name)


def _ended(given: argparse.Namespace, room: Workspace, pilot_id: int) -> bool:
    pilot = get_pilot(room, pilot_id)
    stages = stages_of(room, pilot)
    now = next((stage for stage in stages if stage.state == WORKING), None)
    left = f"about {seconds_left(stages) / 60:.0f} minutes left"
    arguments.note(given, f"{now.name} ({now.share:.0%}), {left}" if now else left)
    return pilot.state not in ACTIVE
