"""Makes rows of one width out of what a text table or a sheet holds. Called by opening."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from studio.errors import BadInput
from studio.text_tables.rows import Row
from studio.training_sets.reading.header import Start, find_start, name_columns
from studio.training_sets.reading.survey import Survey
from studio.training_sets.reading.table import Look, Numbered, Source

SAMPLE_ROWS = 200


class Uneven(BadInput):
    """Rows are not as wide as the header, or as the first of them."""


@dataclass(frozen=True)
class Rectangle:
    """The rows of a source from number `first` on, all cut or filled to the columns; `most` are given.

    Rows like one of `headers` are left out.
    """

    source: Source
    columns: list[str]
    first: int
    headers: Sequence[list[str]]
    header: bool
    count: int
    notes: list[str]
    most: int | None

    def numbered(self) -> Iterator[Numbered]:
        """The rows with their numbers, without blank ones."""
        return islice(self._filled(), self.most)

    def _filled(self) -> Iterator[Numbered]:
        width, headers = len(self.columns), self.headers
        for number, _, cells in self.source.rows():
            if number < self.first or cells in headers:
                continue
            if len(cells) == width and width > 1:
                yield number, cells
            elif any(cell.strip() for cell in cells):
                yield number, (cells + [""] * width)[:width]


def find_rectangle(
    source: Source, name: str, header: bool | None, look: Look, delimiter: str = ""
) -> Rectangle:
    """Find the header and look through the rows; raises BadInput where they do not fit.

    All rows of a text, which has a `delimiter`, must have one width.
    """
    filled = (row for row in source.rows() if any(cell.strip() for cell in row[2]))
    sample = list(islice(filled, SAMPLE_ROWS))
    if not sample:
        raise BadInput(f"{name} is empty.")
    start = find_start(sample, header)
    try:
        return _rectangle(source, name, look, delimiter, start)
    except Uneven:
        narrower = start.narrower()
        if narrower is None:
            raise
        return _rectangle(source, name, look, delimiter, narrower)


def _rectangle(source: Source, name: str, look: Look, delimiter: str, start: Start) -> Rectangle:
    survey = Survey(start.width if delimiter else None, delimiter, start.headers)
    rows = source.rows(look.tell)
    survey.look(rows if look.rows is None else _begin(rows, start, look.rows), start.first)
    _refuse_widths(start, survey, name)
    notes = [*start.notes, *survey.notes()]
    columns = _named(start.header, start.width if delimiter else max(start.width, survey.widest), notes)
    named = start.header is not None
    return Rectangle(source, columns, start.first, start.headers, named, survey.count, notes, look.rows)


def _begin(rows: Iterator[Row], start: Start, most: int) -> Iterator[Row]:
    """The rows until so many of the table are filled."""
    filled = 0
    for row in rows:
        yield row
        filled += row[0] >= start.first and any(map(str.strip, row[2])) and row[2] not in start.headers
        if filled == most:
            return


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
        width = next(iter(survey.widths))
        more = "name every column, or remove the extra field from the rows"
        fewer = "fill the missing cells, or remove the names that have none"
        raise Uneven(
            f"The header of {name} names {_columns(start.width)}, the rows have {width}: "
            f"{more if width > start.width else fewer}."
        )
    raise Uneven(_uneven(start, survey, name))


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
