"""Reads an exported version of a training set back as it was. Called by cutting."""

import json
from collections.abc import Iterator
from typing import Any

from studio.store.tables.training_sets import ORIGINS
from studio.training_sets.examples import Candidate, passages_of, turns_of
from studio.training_sets.shapes.rows.cells import Cells, Row


def cut_exported(cells: Cells, number: int, row: Row) -> Iterator[Candidate]:
    """The one example of a row; nothing is trimmed, and group, split and origin are taken over."""

    def cell(column: str) -> str:
        return row[cells.at[column]] if column in cells.at else ""

    try:
        yield Candidate(
            number,
            cell("prompt"),
            cell("completion"),
            group=cell("group"),
            history=turns_of(_json(cell("history"), list)),
            context=passages_of(_json(cell("context"), list)),
            origin=origin if (origin := cell("origin")) in ORIGINS else "table",
            reviewed=cell("reviewed").strip().casefold() not in ("false", "0", "no"),
            source=_json(cell("source"), dict) or {"row": number},
            extra=_json(cell("extra"), dict),
            split=cell("split").strip(),
        )
    except (ValueError, KeyError, TypeError):
        fault = "Its history, context, source or extra is not what an exported version has there."
        yield Candidate(number, "", "", fault=fault)


def _json(cell: str, kind: type) -> Any:
    """What stands in the cell; raises ValueError when that is not a list, or an object, as it should be."""
    found = json.loads(cell) if cell else kind()
    if not isinstance(found, kind):
        raise ValueError(cell)
    return found
