"""`advise` and `compare`: which approach fits, and the proof."""

import argparse
import json
from pathlib import Path
from typing import Any

from studio.advice.answers import Answers
from studio.advice.measure import measure_files
from studio.advice.recommend import Recommendation, recommend
from studio.commands import arguments, piloting
from studio.commands.waiting import wait_until
from studio.comparison.compare import (
    APPROACHES,
    ComparisonRequest,
    create_comparison,
    get_comparison,
    report,
)
from studio.comparison.question_sets import read_questions, save_question_set
from studio.errors import BadInput, StudioError
from studio.library.libraries import find_library

ENDED = ("stopped", "failed", "succeeded")


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the commands that recommend and prove."""
    advise = arguments.add(commands, "advise", "recommend an approach, with its reasons", run_advise)
    advise.add_argument("--documents", nargs="*", default=[], metavar="PATH")
    advise.add_argument("--examples", metavar="FILE")
    advise.add_argument(
        "--answers", metavar="FILE", help="a JSON object; what is missing counts as don't know"
    )
    advise.add_argument("--signals", metavar="FILE", help="measured values given by hand, for what-if use")
    piloting.add_options(advise)
    compare = arguments.add(commands, "compare", "score the approaches on held-out questions", run_compare)
    compare.add_argument("--questions", required=True, metavar="FILE")
    compare.add_argument("--library", metavar="NAME")
    compare.add_argument("--adapter", type=int, metavar="RUN")
    compare.add_argument(
        "--approaches", help=f"some of {','.join(APPROACHES)} (default: all that are possible)"
    )
    compare.add_argument("--limit", type=int, help="only so many of the questions")


def run_advise(given: argparse.Namespace) -> int:
    """Nothing is stored, unless a pilot is asked for."""
    answers = Answers.read(_read_object(given.answers))
    if given.pilot:
        found = piloting.prove(given, answers.as_dict())
        arguments.show(given, found.as_dict(), f"{_advice(found)}\n{_proof(found)}")
        return 0
    measured = measure_files(
        [Path(path) for path in given.documents], given.examples and Path(given.examples)
    )
    signals = measured.overridden(_read_object(given.signals))
    recommendation = recommend(answers, signals)
    arguments.show(given, recommendation.as_dict(), _advice(recommendation))
    return 0


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


def _advice(recommendation: Recommendation) -> str:
    lines = [
        f"{recommendation.conclusion} (confidence {recommendation.confidence:.0%})",
        f"  {recommendation.title}. {recommendation.meaning}",
    ]
    lines += [f"  for: {reason.text} [{reason.source}]" for reason in recommendation.reasons]
    lines += [f"  against: {reason.text} [{reason.source}]" for reason in recommendation.against]
    lines += [f"  to make this firmer: {sentence}" for sentence in recommendation.missing]
    needed = recommendation.examples_needed
    if needed and not any(needed.why in sentence for sentence in recommendation.missing):
        trial = f"{needed.for_a_trial:,} more for a trial, " if needed.for_a_trial else ""
        lines.append(
            f"  to fine-tune at all: {trial}{needed.for_comfort:,} more to be comfortable. {needed.why}"
        )
    return "\n".join(lines)


def _proof(found: Recommendation) -> str:
    """What the pilot says, and on what."""
    pilot = found.pilot or {}
    return "\n".join(line for line in (found.pilot_says, _table(pilot), pilot["curve_says"]) if line)


def run_compare(given: argparse.Namespace) -> int:
    """Waits until the comparison has ended; a worker is started where none runs."""
    room, path = arguments.open_room(given), Path(given.questions)
    questions = save_question_set(room, path.stem, read_questions(path, path.name), source=path.name)
    request = ComparisonRequest(
        name=f"{path.stem} from the command line",
        question_set_id=questions,
        library_id=find_library(room, given.library).id if given.library else None,
        run_id=given.adapter,
        approaches=tuple(given.approaches.split(",")) if given.approaches else (),
        limit=given.limit,
    )
    comparison_id = create_comparison(room, request)

    def ended() -> bool:
        comparison = get_comparison(room, comparison_id)
        arguments.note(given, f"{comparison.done} of {comparison.total} answers")
        return comparison.state in ENDED

    wait_until(ended, room.settings, ["compute"])
    comparison = get_comparison(room, comparison_id)
    if comparison.state != "succeeded":
        raise StudioError(comparison.error or f"The comparison was {comparison.state}.")
    result = report(room, comparison_id)
    arguments.show(given, result.as_dict(), f"{comparison.headline}\n{_table(result.as_dict())}")
    return 0


def _table(result: dict[str, Any]) -> str:
    metric = result["metric"]
    asked = f"{result['questions']} questions; {result['excluded']} left out"
    lines = [f"{metric}, mean [95 % interval] over {asked}"]
    for name, approach in result["approaches"].items():
        score = approach["metrics"][metric]
        interval = f"[{_number(score['low'])}, {_number(score['high'])}]"
        seconds = f"{approach['seconds_per_answer']:.2f} s an answer"
        lines.append(f"  {name:<16} {_number(score['mean'])} {interval}  {seconds}")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
