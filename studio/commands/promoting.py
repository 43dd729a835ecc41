"""`runs promote`: check an adapter against what is in use and put it into use where it is better."""

import argparse
from dataclasses import asdict
from pathlib import Path

from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.comparison.promoting.checks import CheckRequest, get_check
from studio.comparison.promoting.job import start_check
from studio.comparison.question_sets import list_question_sets, read_questions, save_question_set
from studio.errors import NotFound, StudioError
from studio.library.libraries import find_library
from studio.models.adapters import adapter_of_run
from studio.models.promotions import Why, promote
from studio.store.database import Workspace


def add_options(runs: argparse.ArgumentParser) -> None:
    """Of `runs promote`."""
    runs.add_argument(
        "--questions",
        metavar="FILE|SET",
        help="promote: the held-out questions, a file or a stored set's name",
    )
    runs.add_argument("--library", metavar="NAME", help="promote: both answer from its passages")
    runs.add_argument("--limit", type=int, help="promote: only so many of the questions")
    runs.add_argument("--anyway", metavar="REASON", help="promote: without a check; the reason is kept")


def run_promote(given: argparse.Namespace, room: Workspace) -> int:
    """Exits with 1 where the check refuses."""
    adapter = adapter_of_run(room, given.run)
    if given.anyway:
        promote(room, adapter.id, Why(given.anyway))
        arguments.show(given, {"adapter": adapter.id, "in_use": True}, f"{adapter.name} is in use.")
        return 0
    if not given.questions:
        raise arguments.missing("--questions to check it with, or --anyway and a reason to do without")
    library = find_library(room, given.library).id if given.library else None
    request = CheckRequest(adapter.id, _questions(room, given.questions), library, given.limit)
    number = start_check(room, request)

    def ended() -> bool:
        check = get_check(room, number)
        arguments.note(given, f"{check.share:.0%} of the answers")
        return not check.active

    wait_until(ended, room.settings, ["compute"])
    check = get_check(room, number)
    if check.verdict is None:
        raise StudioError(check.error or "The check was stopped.")
    granted = bool(check.verdict["granted"])
    word = "is in use now" if granted else "was not put into use"
    arguments.show(given, asdict(check), f"{adapter.name} {word}. {check.verdict['sentence']}")
    return 0 if granted else 1


def _questions(room: Workspace, named: str) -> int:
    path = Path(named)
    if path.is_file():
        return save_question_set(room, path.stem, read_questions(path, path.name), source=path.name)
    for one in list_question_sets(room):
        if one.name == named:
            return one.id
    raise NotFound(f"There is neither a file nor a question set “{named}” here.")
