"""`threshold`: choose from which nearness on a library answers, by questions with and without an answer."""

import argparse
from dataclasses import asdict
from pathlib import Path

from studio.commands import arguments
from studio.comparison.question_sets import read_questions
from studio.library.libraries import find_library
from studio.library.quality.thresholds import ThresholdResult, measure_threshold


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = arguments.add(commands, "threshold", "measure when a library should not answer", run_threshold)
    parser.add_argument("--library", required=True, metavar="NAME")
    parser.add_argument(
        "--questions", required=True, metavar="FILE", help="columns question, reference and answerable"
    )


def run_threshold(given: argparse.Namespace) -> int:
    """Keeps the threshold that the questions speak for."""
    room = arguments.open_room(given)
    library = find_library(room, given.library)
    path = Path(given.questions)
    questions = read_questions(path, path.name)
    answerable = [one.question for one in questions if one.answerable]
    unanswerable = [one.question for one in questions if not one.answerable]
    result = measure_threshold(room, library.id, answerable, unanswerable)
    arguments.show(given, asdict(result), _told(result))
    return 0


def _told(result: ThresholdResult) -> str:
    kept = result.threshold == result.before
    what = (
        f"stays at {result.before:.2f}"
        if kept
        else f"moves from {result.before:.2f} to {result.threshold:.2f}"
    )
    return (
        f"The threshold {what}: it refuses {result.refused_rightly} of {result.unanswerable} questions "
        f"without an answer and {result.refused_wrongly} of {result.answerable} with one.\n"
        f"Nearness tells the two apart with {result.separation:.2f} [{result.low:.2f}, {result.high:.2f}] "
        "(0.5 is chance)."
    )
