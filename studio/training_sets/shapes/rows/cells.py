"""The cells of one row that every shape keeps: group, date, source, metadata, turns before, passages.

Called by cutting and exported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from studio.training_sets.examples import Turn
from studio.training_sets.shapes.contents import SAMPLE_ROWS, Rows
from studio.training_sets.shapes.mapping import Mapping
from studio.training_sets.shapes.rows.dates import ReadDate, date_reader
from studio.training_sets.shapes.rows.turns import NotAChat, nested, read_turns

Row = Sequence[str]


@dataclass(frozen=True)
class Cells:
    """Where the columns of a mapping are in a row."""

    mapping: Mapping
    at: dict[str, int]
    read_date: ReadDate

    def cell(self, row: Row, column: str | None) -> str:
        """The trimmed text of a column; nothing where the mapping names none."""
        return row[self.at[column]].strip() if column else ""

    def kept(self, row: Row, number: int) -> dict[str, Any]:
        """Group, date, source and metadata, by the names an example has for them."""
        dated = self.cell(row, self.mapping.date)
        return {
            "group": self.cell(row, self.mapping.group),
            "dated": self.read_date(dated) if dated else None,
            "source": {"row": number},
            "extra": {name: row[self.at[name]] for name in self.mapping.metadata if row[self.at[name]]},
        }

    def history(self, row: Row) -> tuple[Turn, ...]:
        """The system's word and the turns before; raises NotAChat."""
        system, before = self.cell(row, self.mapping.system), self.cell(row, self.mapping.history)
        said = tuple(read_turns(before)) if before not in ("", "[]") else ()
        return (("system", system), *said) if system else said

    def context(self, row: Row) -> tuple[tuple[str, str], ...]:
        """Title and text of each passage shown with the question."""
        return read_passages(self.cell(row, self.mapping.context))


def cells_of(table: Rows, mapping: Mapping) -> Cells:
    """Looks at the first dates to know how the others are written."""
    at = {column: place for place, column in enumerate(table.columns)}
    sample = islice(table.numbered(), SAMPLE_ROWS) if mapping.date else ()
    dates = date_reader([row[at[mapping.date or ""]] for _, row in sample])
    return Cells(mapping, at, dates)


def read_passages(cell: str) -> tuple[tuple[str, str], ...]:
    """Passages in a cell: JSON with title and text each, a JSON list of texts, or one text as it stands."""
    try:
        found = nested(cell)
    except NotAChat:
        return (("", cell),) if cell else ()
    listed = found if isinstance(found, list) else [found]
    passages = [_passage(one) for one in listed]
    return tuple(passage for passage in passages if passage[1])


def _passage(one: Any) -> tuple[str, str]:
    if not isinstance(one, dict):
        return "", str(one).strip()
    text = next((one[key] for key in ("text", "content", "passage", "context") if one.get(key)), "")
    return str(one.get("title") or "").strip(), str(text).strip()
