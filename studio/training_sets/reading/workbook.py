"""One sheet of an .xlsx file as the rows of a table, and which sheet that is. Called by opening."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from studio.archives import entry_names
from studio.errors import BadInput
from studio.text_tables.rows import Row, Tell, silent
from studio.training_sets.reading.header import MOST_TITLES, names_pairs
from studio.workbooks import LAST_ROW, Limits, formula_notes, sheet_names, sheet_rows

# what a sheet can hold: examples are read whole, whatever their number
WHOLE_SHEET = Limits(rows=LAST_ROW, columns=None)
# of the sheets that Excel shows, of those with questions and answers, or of all, the longest is taken; so
# many rows are counted
COUNTED_ROWS = 2_000


@dataclass(frozen=True)
class WorkbookRows:
    """A sheet; its rows have Excel's numbers and end with their last filled cell."""

    path: Path
    name: str
    sheet: str

    def rows(self, tell: Tell = silent) -> Iterator[Row]:
        for number, cells in sheet_rows(self.path, self.name, self.sheet, WHOLE_SHEET):
            yield number, number, cells


def find_sheet(path: Path, name: str, wanted: str | None) -> tuple[str, tuple[str, ...], list[str]]:
    """The wanted or the likeliest sheet, the names of those with rows, and notes about what is left out."""
    entry_names(path, name)  # refuses what would unpack to too much
    counts, paired = dict[str, int](), dict[str, bool]()
    visible = sheet_names(path, name)
    for sheet in visible:
        found = sheet_rows(path, name, sheet, WHOLE_SHEET)
        above = [cells for _, cells in islice(found, MOST_TITLES + 1)]
        paired[sheet] = any(map(names_pairs, above))
        counts[sheet] = len(above) + sum(1 for _ in islice(found, COUNTED_ROWS))
    sheets = tuple(sheet for sheet, count in counts.items() if count)
    if not sheets:
        raise BadInput(f"{name} is empty: no sheet has any rows.")
    if wanted is not None and wanted not in sheets:
        raise BadInput(f"{name} has no sheet “{wanted}” with rows; it has {', '.join(sheets)}.")
    chosen = wanted or max(sheets, key=lambda sheet: (visible[sheet], paired[sheet], counts[sheet]))
    others = [sheet if visible[sheet] else f"{sheet} (hidden)" for sheet in sheets if sheet != chosen]
    notes = [f"Read the sheet “{chosen}”; left out: {', '.join(others)}."] if others else []
    return chosen, sheets, notes + formula_notes(path, name, WHOLE_SHEET, chosen)
