"""Reads a table file exactly: every cell stays the text it is. Used by pages, commands and question sets."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from studio.errors import BadInput
from studio.training_sets.reading.dialect import BACKSLASH_QUOTE, Dialect, Record, records, sniff
from studio.training_sets.reading.disguise import refuse_disguised, refuse_markup
from studio.training_sets.reading.encoding import decode
from studio.training_sets.reading.table import Reading, Table, TableFile
from studio.training_sets.reading.workbook import read_first_sheet

LARGEST_BYTES = 300_000_000
SHOWN_LINES = 5
LONG_HEADER = 80
FOUND_OUT = Reading()


def open_table(
    path: Path, name: str, reading: Reading = FOUND_OUT, *, progress: Callable[[float], None] | None = None
) -> TableFile:
    """Look through the whole file once; raises BadInput with one sentence for what cannot be used."""
    table = read_table(path, name, reading.encoding)
    if progress:
        progress(1.0)
    return TableFile(
        name, table.columns, table.numbered, table.notes, len(table.rows), table.encoding, table.delimiter
    )


def peek(path: Path, name: str, reading: Reading = FOUND_OUT, rows: int = 50) -> TableFile:
    """The first rows of a file, without looking through the rest."""
    table = read_table(path, name, reading.encoding)
    few = replace(table, rows=table.rows[:rows], row_numbers=table.row_numbers[:rows])
    return TableFile(name, few.columns, few.numbered, few.notes, len(few.rows), few.encoding, few.delimiter)


def read_table(path: Path, name: str, encoding: str | None = None) -> Table:
    """Read a .csv, .tsv, .txt or .xlsx; raises BadInput with one sentence for what cannot be used."""
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise BadInput(f"{name} has {size / 1e6:,.0f} MB; a table may have {LARGEST_BYTES / 1e6:,.0f} MB.")
    if name.lower().endswith((".xlsx", ".xlsm")):
        found, notes = read_first_sheet(path, name)
        return _shape(found, notes, name)
    return read_text_table(path.read_bytes(), name, encoding)


def read_text_table(data: bytes, name: str, encoding: str | None = None) -> Table:
    """Read the bytes of a delimited text file."""
    refuse_disguised(data, name)
    decoded = decode(data, name, encoding)
    text, notes = decoded.text, list(decoded.notes)
    if not text.strip():
        raise BadInput(f"{name} is empty.")
    _refuse_nul(text, name)
    refuse_markup(text, name)
    dialect = sniff(text)
    found = _cut(text, dialect, name, notes)
    return _shape(found, notes, name, (decoded.encoding, dialect.delimiter))


def _refuse_nul(text: str, name: str) -> None:
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise BadInput(
            f"{name} has a NUL character on line {line}: remove it, or save the file as CSV UTF-8."
        )


def _cut(text: str, dialect: Dialect, name: str, notes: list[str]) -> list[Record]:
    try:
        return list(records(text, dialect, name))
    except BadInput:
        repaired = BACKSLASH_QUOTE.sub('""', text)
        if repaired == text:
            raise
        found = list(records(repaired, dialect, name))
        notes.append('Quotes written as \\" were read as quotes inside the cell.')
        return found


def _shape(
    found: Sequence[Record], notes: list[str], name: str, how: tuple[str, str] = ("workbook", "")
) -> Table:
    numbered = [(number, record) for number, record in enumerate(found, start=1) if record.cells]
    blank = len(found) - len(numbered)
    if not numbered:
        raise BadInput(f"{name} is empty.")
    header, body = numbered[0][1], numbered[1:]
    _refuse_widths(header, [record for _, record in body], name)
    if blank:
        notes.append(f"{blank} blank line{'s' if blank > 1 else ''} left out.")
    columns = _name_columns(header.cells, notes)
    rows, numbers = [record.cells for _, record in body], [number for number, _ in body]
    return Table(columns, rows, notes, how[0], how[1], numbers)


def _refuse_widths(header: Record, body: Sequence[Record], name: str) -> None:
    width = len(header.cells)
    widths = Counter(len(record.cells) for record in body)
    if width == 1 and set(widths) <= {1}:
        raise BadInput(f"{name} has one column: a training set needs a question and an answer column.")
    if not body:
        raise BadInput(f"{name} has a header and no rows: put one example on each line below it.")
    if set(widths) == {width}:
        return
    if len(widths) == 1:
        raise BadInput(
            f"The header of {name} names {_columns(width)}, the rows have {next(iter(widths))}: "
            "name every column, or remove the extra field from the rows."
        )
    raise BadInput(_uneven(width, [record for record in body if len(record.cells) != width], name))


def _uneven(width: int, odd: Sequence[Record], name: str) -> str:
    named = ", ".join(f"line {record.line} has {len(record.cells)}" for record in odd[:SHOWN_LINES])
    more = f" and {len(odd) - SHOWN_LINES:,} more" if len(odd) > SHOWN_LINES else ""
    return (
        f"The header of {name} names {_columns(width)}, but {named}{more}: "
        "put cells that contain the delimiter in quotes, and fill missing cells."
    )


def _columns(width: int) -> str:
    return "1 column" if width == 1 else f"{width} columns"


def _name_columns(cells: Sequence[str], notes: list[str]) -> list[str]:
    """Trim the header; unnamed and repeated columns get a name of their own, and a note says so."""
    names: dict[str, int] = {}
    for number, cell in enumerate(cells, start=1):
        wanted = " ".join(cell.split()) or f"column {number}"
        name, again = wanted, 2
        while name in names:
            name, again = f"{wanted} {again}", again + 1
        if not cell.strip():
            notes.append(f"Column {number} has no name; it is called “{name}”.")
        elif name != wanted:
            notes.append(f"The column name “{wanted}” appears twice; the second is called “{name}”.")
        names[name] = number
    if any(len(name) > LONG_HEADER or name.endswith("?") for name in names):
        notes.append("The first row looks like an example: it is taken as the header. Is that right?")
    return list(names)
