"""Makes rows of one width out of what a text table or a sheet holds. Called by opening."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from studio.errors import BadInput
from studio.text_tables.rows import Row
from studio.training_sets.reading.header import Start, find_start, name_columns
from studio.training_sets.reading.table import Look, Numbered, Source

SAMPLE_ROWS = 200
SHOWN_LINES = 5


@dataclass
class Survey:
    """What a look through the rows found: how many, and which are not of the expected `width`.

    Without a width (a sheet has none), rows are as wide as the widest.
    """

    width: int | None
    count: int = 0
    blank: int = 0
    surplus: int = 0
    widest: int = 0
    widths: Counter[int] = field(default_factory=Counter)
    odd: list[tuple[int, int]] = field(default_factory=list)

    def look(self, rows: Iterator[Row], first: int) -> None:
        """Look at all rows; of those above the `first`, only the blank ones count."""
        usual = 0
        for row in rows:
            if len(row[2]) == self.width != 1 and row[0] >= first:
                usual += 1
            elif row[0] >= first or not row[2]:
                self._see(row)
        self.count += usual

    def _see(self, row: Row) -> None:
        _, line, cells = row
        if len(cells) == self.width and cells[0].strip():
            self.count += 1
        elif not any(cell.strip() for cell in cells):
            self.blank += 1
        else:
            self.count += 1
            self._see_odd(line, cells)

    def _see_odd(self, line: int, cells: list[str]) -> None:
        self.widest = max(self.widest, len(cells))
        if self.width is None:
            return
        if not any(cell.strip() for cell in cells[self.width :]) and len(cells) > self.width:
            self.surplus += 1
            return
        self.widths[len(cells)] += 1
        if len(self.odd) < SHOWN_LINES:
            self.odd.append((line, len(cells)))

    def notes(self) -> Iterator[str]:
        if self.blank:
            yield f"{self.blank:,} blank line{'s' if self.blank > 1 else ''} left out."
        if self.surplus:
            rows = "1 row ends" if self.surplus == 1 else f"{self.surplus:,} rows end"
            yield f"{rows} with empty cells beyond the last column, which were left out."


@dataclass(frozen=True)
class Rectangle:
    """The rows of a source from number `first` on, all cut or filled to the columns; `most` are looked at."""

    source: Source
    columns: list[str]
    first: int
    header: bool
    count: int
    notes: list[str]
    most: int | None

    def numbered(self) -> Iterator[Numbered]:
        width = len(self.columns)
        for number, _, cells in islice(self.source.rows(), self.most):
            if number < self.first:
                continue
            if len(cells) == width and width > 1:
                yield number, cells
            elif any(cell.strip() for cell in cells):
                yield number, (cells + [""] * width)[:width]


def find_rectangle(source: Source, name: str, header: bool | None, look: Look, *, even: bool) -> Rectangle:
    """Find the header and look through the rows; raises BadInput where they do not fit. `even`: they must."""
    filled = (row for row in source.rows() if any(cell.strip() for cell in row[2]))
    sample = list(islice(filled, SAMPLE_ROWS))
    if not sample:
        raise BadInput(f"{name} is empty.")
    start = find_start(sample, header)
    first = start.header[0] + 1 if start.header else sample[start.skipped][0]
    most = None if look.rows is None else look.rows + first - 1
    survey = Survey(start.width if even else None)
    survey.look(islice(source.rows(look.tell), most), first)
    _refuse_widths(start, survey, name)
    notes = [*start.notes, *survey.notes()]
    columns = _named(start.header, start.width if even else max(start.width, survey.widest), notes)
    return Rectangle(source, columns, first, start.header is not None, survey.count, notes, most)


def _named(header: Row | None, width: int, notes: list[str]) -> list[str]:
    if header is None:
        return [f"column {number}" for number in range(1, width + 1)]
    return name_columns(header[2] + [""] * (width - len(header[2])), notes)


def _refuse_widths(start: Start, survey: Survey, name: str) -> None:
    if not survey.count:
        raise BadInput(f"{name} has a header and no rows: put one example on each line below it.")
    if not survey.widths:
        return
    if len(survey.widths) == 1 and survey.widths.total() == survey.count and start.header:
        raise BadInput(
            f"The header of {name} names {_columns(start.width)}, the rows have {next(iter(survey.widths))}: "
            "name every column, or remove the extra field from the rows."
        )
    raise BadInput(_uneven(start, survey, name))


def _uneven(start: Start, survey: Survey, name: str) -> str:
    first = "The header of" if start.header else "The first row of"
    verb = "names" if start.header else "has"
    named = ", ".join(f"line {line:,} has {width}" for line, width in survey.odd)
    more = survey.widths.total() - len(survey.odd)
    return (
        f"{first} {name} {verb} {_columns(start.width)}, but {named}{f' and {more:,} more' if more else ''}: "
        "put cells that contain the delimiter in quotes, and fill missing cells."
    )


def _columns(width: int) -> str:
    return "1 column" if width == 1 else f"{width} columns"
