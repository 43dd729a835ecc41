"""`compare`: the approaches scored on held-out questions."""

import argparse
import os
from pathlib import Path
from typing import Any

from studio.approaches import in_order
from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.comparison.compare import (
    APPROACHES,
    ComparisonRequest,
    create_comparison,
    get_comparison,
    report,
)
from studio.comparison.judge import Judge, judge_comparison
from studio.comparison.question_sets import read_questions, save_question_set
from studio.errors import BadInput, StudioError
from studio.library.libraries import find_library
from studio.store.database import Workspace

ENDED = ("stopped", "failed", "succeeded")


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the command that proves."""
    compare = arguments.add(commands, "compare", "score the approaches on held-out questions", run_compare)
    asked = compare.add_mutually_exclusive_group(required=True)
    asked.add_argument("--questions", metavar="FILE")
    asked.add_argument("--comparison", type=int, metavar="ID", help="one that there is, to show or judge it")
    compare.add_argument("--library", metavar="NAME")
    compare.add_argument("--adapter", type=int, metavar="RUN")
    compare.add_argument(
        "--approaches", help=f"some of {','.join(APPROACHES)} (default: all that are possible)"
    )
    compare.add_argument("--limit", type=int, help="only so many of the questions")
    judging = "let a model of this OpenAI-compatible server judge too; STUDIO_JUDGE_KEY is its key"
    compare.add_argument("--judge", metavar="URL", help=judging)
    compare.add_argument("--judge-model", metavar="NAME", help="which model of that server")


def run_compare(given: argparse.Namespace) -> int:
    """Waits until the comparison has ended; a worker is started where none runs."""
    if bool(given.judge) != bool(given.judge_model):
        raise arguments.missing("--judge URL and --judge-model NAME together")
    room = arguments.open_room(given)
    comparison_id = given.comparison or _asked_for(given, room, Path(given.questions))

    def ended() -> bool:
        comparison = get_comparison(room, comparison_id)
        arguments.note(given, f"{comparison.done} of {comparison.total} answers")
        return comparison.state in ENDED

    wait_until(ended, room.settings, ["compute"])
    comparison = get_comparison(room, comparison_id)
    if comparison.state != "succeeded":
        raise StudioError(comparison.error or f"The comparison was {comparison.state}.")
    if given.judge:
        _judged(given, room, comparison_id)
    result = report(room, comparison_id)
    arguments.show(given, result.as_dict(), f"{comparison.headline}\n{table(result.as_dict())}")
    return 0


def _asked_for(given: argparse.Namespace, room: Workspace, path: Path) -> int:
    questions = save_question_set(room, path.stem, read_questions(path, path.name), source=path.name)
    request = ComparisonRequest(
        name=f"{path.stem} from the command line",
        question_set_id=questions,
        library_id=find_library(room, given.library).id if given.library else None,
        run_id=given.adapter,
        approaches=tuple(given.approaches.split(",")) if given.approaches else (),
        limit=given.limit,
    )
    return create_comparison(room, request)


def _judged(given: argparse.Namespace, room: Workspace, comparison_id: int) -> None:
    """What is judged is kept: the sentence of an error tells how to go on with it."""

    def told(done: int, of: int) -> None:
        arguments.note(given, f"Judging comparison {comparison_id}: {done} of {of} questions")

    judge = Judge(given.judge, given.judge_model, os.environ.get("STUDIO_JUDGE_KEY") or "none")
    try:
        judge_comparison(room, comparison_id, judge, told)
    except BadInput:
        raise
    except StudioError as error:
        raise StudioError(f"{error} To go on with the judging: --comparison {comparison_id}.") from error


def table(result: dict[str, Any]) -> str:
    metric = result["metric"]
    asked = f"{result['questions']} questions; {result['excluded']} left out"
    lines = [f"{metric}, mean [95 % interval] over {asked}"]
    for name in in_order(result["approaches"]):
        approach = result["approaches"][name]
        score = approach["metrics"][metric]
        interval = f"[{_number(score['low'])}, {_number(score['high'])}]"
        seconds = f"{approach['seconds_per_answer']:.2f} s an answer"
        lines.append(f"  {name:<16} {_number(score['mean'])} {interval}  {seconds}")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
