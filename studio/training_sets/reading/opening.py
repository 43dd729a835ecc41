"""Opens a table file of any kind: finds out how to read it and looks through it once. Used by everyone.

Memory stays flat: rows stream, whatever the size of the file.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Protocol

from studio.csv_cells import LONGEST_CELL
from studio.errors import BadInput
from studio.text_tables.dialect import PLAIN, Dialect
from studio.text_tables.encoding import Encoding, find_encoding
from studio.text_tables.rows import Tell, TextRows, Unmatched, silent
from studio.text_tables.scanning import Scan, scan
from studio.text_tables.sniffing import first_row, is_like_prose, is_plain, sniff
from studio.training_sets.reading.disguise import refuse_disguised, refuse_markup
from studio.training_sets.reading.header import names_columns
from studio.training_sets.reading.json_rows import LINES, JsonRows
from studio.training_sets.reading.objects import Fields, Object
from studio.training_sets.reading.parquet import ParquetRows
from studio.training_sets.reading.rectangle import Rectangle, Uneven, find_rectangle
from studio.training_sets.reading.table import Look, Numbered, Reading, Table, TableFile
from studio.training_sets.reading.workbook import WorkbookRows, find_sheet

LARGEST_BYTES = 1 << 30
JSON = (".json", *LINES)
# objects are asked for their fields, however few of them are shown
FIELD_ROWS = 500
FOUND_OUT = Reading()
PLAIN_TEXT = "Read as plain text, one example on each line."
MIXED_ENDS = "The lines end in several ways (CRLF, LF or CR); all were read as line ends."


def open_table(path: Path, name: str, reading: Reading = FOUND_OUT, *, progress: Tell = silent) -> TableFile:
    """Look through the whole file; raises BadInput with one sentence for what cannot be used."""
    found = _opened(path, name, reading, Look(tell=progress))
    progress(1.0)
    return found


def peek(path: Path, name: str, reading: Reading = FOUND_OUT, rows: int = 50) -> TableFile:
    """The first rows of a file; faults further down are not found."""
    return _opened(path, name, reading, Look(rows))


def read_table(path: Path, name: str, encoding: str | None = None) -> Table:
    """The whole table in memory, for small ones; raises BadInput like `open_table`."""
    found = open_table(path, name, Reading(encoding=encoding))
    numbered = list(found.numbered())
    rows, numbers = [cells for _, cells in numbered], [number for number, _ in numbered]
    return Table(found.columns, rows, found.notes, found.encoding, found.delimiter, numbers)


def _opened(path: Path, name: str, reading: Reading, look: Look) -> TableFile:
    size, ending = path.stat().st_size, Path(name).suffix.lower()
    if size > LARGEST_BYTES:
        raise BadInput(f"{name} has {size / 1e6:,.0f} MB; a table may have {LARGEST_BYTES / 1e6:,.0f} MB.")
    if not size:
        raise BadInput(f"{name} is empty.")
    if ending in (".xlsx", ".xlsm"):
        return _open_workbook(path, name, reading, look)
    if ending == ".parquet":
        return _open_parquet(path, name, look)
    refuse_disguised(path, name)
    if ending in JSON:
        return _open_json(path, name, reading, look)
    return _open_text(path, name, reading, look)


def _open_workbook(path: Path, name: str, reading: Reading, look: Look) -> TableFile:
    sheet, sheets, notes = find_sheet(path, name, reading.sheet)
    found = find_rectangle(WorkbookRows(path, name, sheet), name, reading.header, look)
    return TableFile(
        name,
        found.columns,
        found.numbered,
        notes + found.notes,
        found.count,
        header=found.header,
        sheet=sheet,
        sheets=sheets,
    )


def _open_text(path: Path, name: str, reading: Reading, look: Look) -> TableFile:
    seen = scan(path)
    encoding = find_encoding(path, name, seen, reading.encoding)
    text = TextRows(path, name, encoding).start()
    if not text.strip():
        raise BadInput(f"{name} is empty.")
    _refuse_binary(seen, encoding, name)
    refuse_markup(text, name)
    dialect = _dialect(text, name, reading)
    plain = dialect == PLAIN
    header = bool(reading.header) if plain else reading.header
    rows = TextRows(path, name, encoding, dialect)
    rows, found = _cut(rows, header, look, returns=seen.feeds > 0 and seen.returns > seen.pairs)
    notes = [PLAIN_TEXT] if plain else []
    if look.rows is None and not rows.dialect.returns and seen.has_mixed_ends(found.count):
        notes.append(MIXED_ENDS)
    return TableFile(
        name,
        found.columns,
        found.numbered,
        [*encoding.notes, *notes, *rows.notes(), *found.notes],
        found.count,
        encoding=encoding.codec,
        delimiter=rows.dialect.delimiter,
        header=found.header,
    )


def _dialect(text: str, name: str, reading: Reading) -> Dialect:
    """A .txt file may be no table: its lines are even by chance where each has a comma."""
    found = sniff(text, reading.delimiter)
    if not name.lower().endswith(".txt") or reading.delimiter is not None:
        return found
    prose = is_like_prose(text, found) and not names_columns(first_row(text, found))
    return PLAIN if prose or is_plain(text) else found


def _refuse_binary(seen: Scan, encoding: Encoding, name: str) -> None:
    if seen.nul is not None and not encoding.is_wide:
        raise BadInput(
            f"{name} has a NUL character on line {seen.nul:,}: remove it, or save the file as CSV UTF-8."
        )
    if seen.longest > LONGEST_CELL:
        raise BadInput(f"{name} has a line of more than {LONGEST_CELL:,} characters: is it a table?")


def _cut(rows: TextRows, header: bool | None, look: Look, *, returns: bool) -> tuple[TextRows, Rectangle]:
    """Where the quotes or the widths do not match, other ways of cutting are tried before that is said.

    `returns`: some carriage returns stand alone.
    """
    try:
        return rows, find_rectangle(rows, rows.name, header, look, rows.dialect.delimiter)
    except (Unmatched, Uneven) as problem:
        ended = rows.ended_otherwise() if returns else ()
        for other in rows.quoted_otherwise() if isinstance(problem, Unmatched) else ended:
            try:
                return other, find_rectangle(other, rows.name, header, look, rows.dialect.delimiter)
            except BadInput:
                continue
        raise problem


class Objects(Protocol):
    """Rows with named fields, read anew each time."""

    name: str

    def objects(self, tell: Tell = silent) -> Iterator[tuple[int, Object]]: ...


def _open_parquet(path: Path, name: str, look: Look) -> TableFile:
    source = ParquetRows(path, name)
    found = _fields(source, look)
    if source.left_out:
        found.notes.append(f"Columns that hold no text were left out: {', '.join(source.left_out)}.")
    return found


def _open_json(path: Path, name: str, reading: Reading, look: Look) -> TableFile:
    encoding = find_encoding(path, name, scan(path), reading.encoding)
    source = JsonRows(path, name, encoding.codec, reading.sheet)
    found = _fields(source, look)
    others = [key for key in source.lists if key != source.chosen]
    left_out = [f"Read the list “{source.chosen}”; left out: {', '.join(others)}."] if others else []
    if source.several:
        left_out.append(f"Of {source.several:,} questions with several answers the first was taken.")
    return replace(
        found,
        notes=[*encoding.notes, *left_out, *found.notes],
        encoding=encoding.codec,
        sheet=source.chosen or "",
        sheets=tuple(source.lists),
    )


def _fields(source: Objects, look: Look) -> TableFile:
    fields, notes = Fields(), list[str]()
    looked_at = None if look.rows is None else max(look.rows, FIELD_ROWS)
    for _, row in islice(source.objects(look.tell), looked_at):
        fields.see(row)
    if not fields.rows:
        raise BadInput(f"{source.name} has no rows: it needs a list of objects with named fields.")
    columns, cut = fields.columns(notes)

    def stream() -> Iterator[Numbered]:
        for number, (_, row) in enumerate(islice(source.objects(), look.rows), start=1):
            yield number, cut(row)

    count = fields.rows if look.rows is None else min(look.rows, fields.rows)
    return TableFile(source.name, columns, stream, notes, count, header=None)
