"""`advise`: which approach fits, what was measured for it, what each way costs, on demand the proof."""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.advice.answers import Answers
from studio.advice.costs import costs
from studio.advice.explained import SignalView, explained
from studio.advice.here import facts_here, facts_of
from studio.advice.measure import measure_files, measure_signals
from studio.advice.measuring.measurements import Data, get_measurement
from studio.advice.measuring.requests import start_measuring
from studio.advice.recommend import Recommendation, recommend
from studio.advice.record.sheet import shown
from studio.advice.search_settings import SearchSetting, search_settings
from studio.advice.signals import Signals
from studio.commands import arguments, piloting
from studio.commands.bringing_in import stored_library, stored_questions, stored_version
from studio.commands.proof import table
from studio.commands.waiting import wait_until
from studio.errors import BadInput, StudioError
from studio.settings import Settings
from studio.store.database import Workspace

FLIPS_SHOWN = 3


@dataclass(frozen=True)
class Measured:
    """The signals, and where they are stored the workspace and the data."""

    signals: Signals
    room: Workspace | None = None
    data: Data | None = None


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the command that recommends."""
    advise = arguments.add(commands, "advise", "recommend an approach, with its reasons", run_advise)
    advise.add_argument("--documents", nargs="*", default=[], metavar="PATH")
    advise.add_argument("--examples", metavar="FILE")
    advise.add_argument(
        "--answers", metavar="FILE", help="a JSON object; what is missing counts as don't know"
    )
    advise.add_argument("--signals", metavar="FILE", help="measured values given by hand, for what-if use")
    advise.add_argument(
        "--quick", action="store_true", help="measure in seconds, without the model; nothing is stored"
    )
    piloting.add_options(advise)


def run_advise(given: argparse.Namespace) -> int:
    """Measures with the model too where there are questions to ask; what was measured is kept."""
    answers = Answers.read(_read_object(given.answers))
    if given.pilot:
        room = arguments.open_room(given)
        found, pilot = piloting.prove(given, room, answers.as_dict())
        signals = Signals(**found.signals, sample_sizes=found.sample_sizes)
        data = Data(pilot.library_id, pilot.version_id, pilot.question_set_id)
        _show(given, found, Measured(signals, room, data))
        return 0
    asked = bool(given.examples or given.questions) and not given.quick
    measured = _with_the_model(given) if asked else _quickly(given)
    signals = measured.signals.overridden(_read_object(given.signals))
    _show(given, recommend(answers, signals), Measured(signals, measured.room, measured.data))
    return 0


def _quickly(given: argparse.Namespace) -> Measured:
    documents = [Path(path) for path in given.documents]
    examples = Path(given.examples) if given.examples else None
    return Measured(measure_files(documents, examples, Settings.load(given.data)))


def _with_the_model(given: argparse.Namespace) -> Measured:
    """Brings the files in, and waits until the model has been asked."""
    room = arguments.open_room(given)
    data = Data(
        library_id=stored_library(given, room) if given.documents else None,
        version_id=stored_version(room, Path(given.examples), given.limit) if given.examples else None,
        question_set_id=stored_questions(room, Path(given.questions)) if given.questions else None,
    )
    measurement = start_measuring(room, data)

    def ended() -> bool:
        now = get_measurement(room, measurement)
        said = now.progress
        left = said.get("seconds_left")
        time = f", about {left:.0f} seconds left" if left else ""
        stage = said.get("stage", "Waiting for its turn")
        arguments.note(given, f"{stage}: {said.get('done', 0)} of {said.get('total', 0)}{time}")
        return not now.active

    wait_until(ended, room.settings, ["compute"])
    found = get_measurement(room, measurement)
    if found.state == "failed":
        raise StudioError(f"{found.error or 'Measuring has failed.'} --quick measures without the model.")
    signals = measure_signals(room, data.library_id, data.version_id, data.question_set_id)
    return Measured(signals, room, data)


def _show(given: argparse.Namespace, found: Recommendation, measured: Measured) -> None:
    told = explained(Answers(**found.answers), measured.signals)
    known, searched = facts_of(found), list[SearchSetting]()
    if measured.room and measured.data:
        known, _ = facts_here(measured.room, found, measured.data)
        library = measured.data.library_id
        searched = search_settings(measured.room, library) if library is not None else []
    ways = costs(known)
    result = found.as_dict() | {
        "measured": [one.as_dict() for one in told],
        "costs": [one.as_dict() for one in ways],
        "search": [one.as_dict() for one in searched],
    }
    lines = [_advice(found), *map(_signal, told)]
    lines += [f"  cost of {c.way}: {c.build} Answer: {c.answer} Upkeep: {c.upkeep}" for c in ways]
    lines += [f"  RAG searches with {one.name}: {one.value} ({one.why})" for one in searched]
    lines += [f"  would change it: {flip.text}" for flip in found.flips[:FLIPS_SHOWN]]
    arguments.show(given, result, "\n".join(lines + _proof(found)))


def _read_object(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} must be a file with one JSON object.") from error
    if not isinstance(found, dict):
        raise BadInput(f"{path} must hold one JSON object, not a {type(found).__name__}.")
    return found


def _advice(found: Recommendation) -> str:
    lines = [f"{found.conclusion} (confidence {found.confidence:.0%})", f"  {found.title}. {found.meaning}"]
    lines += [f"  for: {reason.text} [{reason.source}]" for reason in found.reasons]
    lines += [f"  against: {reason.text} [{reason.source}]" for reason in found.against]
    lines += [f"  to make this firmer: {sentence}" for sentence in found.missing]
    needed = found.examples_needed
    if needed and not any(needed.why in sentence for sentence in found.missing):
        trial = f"{needed.for_a_trial:,} more for a trial, " if needed.for_a_trial else ""
        lines.append(
            f"  to fine-tune at all: {trial}{needed.for_comfort:,} more to be comfortable. {needed.why}"
        )
    return "\n".join(lines)


def _signal(one: SignalView) -> str:
    size = f" (n = {one.n:,})" if one.n else ""
    told = f"{shown(one.key, one.value)} {one.name.removeprefix('share ')}{size}"
    return f"  measured: {told}, {one.direction}. {one.sentence}"


def _proof(found: Recommendation) -> list[str]:
    """What the pilot says, and on what."""
    if not found.pilot:
        return []
    return [line for line in (found.pilot_says, table(found.pilot), found.pilot["curve_says"]) if line]
