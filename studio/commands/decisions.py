"""`decisions`: what was decided, as a record to print or to save, and what changed from one to the next."""

import argparse
from pathlib import Path

from studio.advice.decisions import compared_with, get_decision, list_decisions, record, what_changed
from studio.advice.record.writing import as_html, as_markdown
from studio.commands import arguments
from studio.errors import BadInput


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the command."""
    added = arguments.add(commands, "decisions", "list decisions, write a record, compare two", run)
    added.add_argument("action", choices=["list", "show", "compare"])
    added.add_argument("decision", nargs="*", type=int, help="its number; two to compare")
    added.add_argument("--to", metavar="FILE", help="write the record to a .html or .md file")


def run(given: argparse.Namespace) -> int:
    """Nothing is changed."""
    {"list": _list, "show": _show, "compare": _compare}[given.action](given)
    return 0


def _list(given: argparse.Namespace) -> None:
    kept = list_decisions(arguments.open_room(given))
    rows = [
        {"decision": one.id, "kept": one.kept.when, "by": one.author, "conclusion": one.conclusion,
         "confidence": one.confidence}
        for one in kept
    ]  # fmt: skip
    lines = [
        f"{one['decision']:>4}  {one['kept']}  {one['conclusion']} ({one['confidence']:.0%})" for one in rows
    ]
    arguments.show(given, rows, "\n".join(lines) or "No decision is kept yet.")


def _show(given: argparse.Namespace) -> None:
    (number,) = _numbers(given, 1)
    room = arguments.open_room(given)
    sheet = record(room, number)
    if given.to:
        path = Path(given.to)
        path.write_text(as_html(sheet) if path.suffix == ".html" else as_markdown(sheet), encoding="utf-8")
    decision = get_decision(room, number)
    told = {
        "decision": number,
        "kept": decision.kept.when,
        "by": decision.author,
        "basis": decision.basis,
        "since_then": what_changed(room, decision),
        "recommendation": decision.recommendation,
    }
    arguments.show(given, told, f"Written to {given.to}." if given.to else as_markdown(sheet))


def _compare(given: argparse.Namespace) -> None:
    room = arguments.open_room(given)
    first, second = sorted(_numbers(given, 2))
    told = compared_with(get_decision(room, first), get_decision(room, second))
    arguments.show(given, told, "\n".join(told) or "Both say the same of the same data.")


def _numbers(given: argparse.Namespace, wanted: int) -> list[int]:
    if len(given.decision) != wanted:
        raise BadInput(f"Name {'one decision' if wanted == 1 else 'two decisions'} by number.")
    return list(given.decision)
