"""Reads an exported version of a training set back as it was. Called by cutting."""

import json
from collections.abc import Iterator
from typing import Any

from studio.training_sets.examples import Candidate
from studio.training_sets.shapes.cells import Cells, Row, read_passages
from studio.training_sets.shapes.turns import NotAChat, nested, turns_of


def cut_exported(cells: Cells, number: int, row: Row) -> Iterator[Candidate]:
    """The one example of a row; nothing is trimmed, and group, split and origin are taken over."""

    def cell(column: str) -> str:
        return row[cells.at[column]] if column in cells.at else ""

    try:
        history = nested(cell("history") or "[]")
        yield Candidate(
            number,
            cell("prompt"),
            cell("completion"),
            group=cell("group"),
            history=tuple(turns_of(history)) if history else (),
            context=read_passages(cell("context")),
            origin=cell("origin") or "table",
            reviewed=cell("reviewed").strip().casefold() not in ("false", "0", "no"),
            source=_object(cell("source")) or {"row": number},
            extra=_object(cell("extra")),
            split=cell("split").strip(),
        )
    except NotAChat as error:
        yield Candidate(number, "", "", fault=f"The turns before the question cannot be used: {error}.")


def _object(cell: str) -> dict[str, Any]:
    try:
        found = json.loads(cell or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
