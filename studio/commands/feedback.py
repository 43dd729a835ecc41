"""`feedback`: what people thought of answers, listed, exported, and reviewed from the command line."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from studio.commands import arguments
from studio.library.answering.feedback import REASONS, FeedbackView, Remark, list_feedback, rate
from studio.store.database import Workspace
from studio.training_sets.building import conversations, suggestions

SCORES = {"good": 1, "bad": -1, "all": None}
SHOWN = 50


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = arguments.add(
        commands, "feedback", "list and export rated answers, rate one, note missing documents", run_feedback
    )
    parser.add_argument("what", choices=("list", "export", "rate", "missing", "added"))
    parser.add_argument(
        "number", nargs="?", type=int, help="rate: of an answer; missing and added: of a suggestion"
    )
    parser.add_argument("--score", choices=tuple(SCORES), default="all", help="which, or what to rate")
    parser.add_argument("--reason", choices=("", *REASONS), default="", help="why it is rated so")
    parser.add_argument("--note", default="", help="the same in your own words")
    parser.add_argument("--correction", default="", help="a better answer")
    parser.add_argument("--to", metavar="FILE", help="export: a file of JSON lines")


def run_feedback(given: argparse.Namespace) -> int:
    """`list` and `export` what was rated, or say something to one answer."""
    room = arguments.open_room(given)
    if given.what == "rate":
        return _rate(given, room)
    if given.what in ("missing", "added"):
        return _document(given, room)
    found = list_feedback(room, SCORES[given.score])
    if given.what == "export":
        return _export(given, found)
    lines = [_line(one) for one in found[:SHOWN]]
    arguments.show(given, [asdict(one) for one in found], "\n".join(lines) or "No answer was rated yet.")
    return 0


def _rate(given: argparse.Namespace, room: Workspace) -> int:
    if given.number is None or given.score == "all":
        raise arguments.missing("the number of an answer, and --score good or bad")
    rate(room, given.number, SCORES[given.score] or 0, given.correction, Remark(given.reason, given.note))
    new = conversations.gather(room)
    arguments.show(given, {"answer": given.number, "new_suggestions": new}, "Kept; it waits for review.")
    return 0


def _document(given: argparse.Namespace, room: Workspace) -> int:
    """Without a number: the questions that wait for a document."""
    if given.number is not None:
        act = suggestions.ask_for_document if given.what == "missing" else suggestions.document_added
        act(room, given.number)
    waiting = suggestions.list_suggestions(room, suggestions.Find(("missing",), limit=None))
    lines = [f"{one.id}  {one.prompt}" for one in waiting]
    arguments.show(
        given, [asdict(one) for one in waiting], "\n".join(lines) or "No question waits for a document."
    )
    return 0


def _export(given: argparse.Namespace, found: list[FeedbackView]) -> int:
    if not given.to:
        raise arguments.missing("where to export to, as --to FILE")
    lines = [json.dumps(asdict(one), ensure_ascii=False, default=str) + "\n" for one in found]
    Path(given.to).write_text("".join(lines), encoding="utf-8")
    arguments.show(
        given, {"file": given.to, "rated": len(found)}, f"{len(found):,} rated answers are in {given.to}."
    )
    return 0


def _line(one: FeedbackView) -> str:
    thumb = "good" if one.score == 1 else "bad"
    asked = f"{one.message_id}  {thumb}  {one.question}\n   {one.answer}"
    why = f"\n   why: {one.why}" if one.why else ""
    better = f"\n   better: {one.correction}" if one.correction else ""
    sources = "; ".join(f"{each.document}, {each.place}" for each in one.passages if each.used)
    return asked + why + better + (f"\n   from: {sources}" if sources else "")
