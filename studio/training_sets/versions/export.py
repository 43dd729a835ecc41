"""Writes a version as CSV or JSON Lines that is read back as the same version. Used by pages and commands."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Literal

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.training_sets.shapes.mapping import VERSION_COLUMNS
from studio.training_sets.versions.listing import every_example, get_version

Format = Literal["csv", "jsonl"]
# by the first of them a table says that it is a version
COLUMNS = (*VERSION_COLUMNS, "source")
# a cell that begins so is run as a formula by a spreadsheet
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export_version(
    room: Workspace, version_id: int, format: Format, to: BinaryIO, *, for_spreadsheet: bool = False
) -> None:
    """Write all examples in their order; raises NotFound, and BadInput for another format.

    `for_spreadsheet` (CSV only) begins the file so that Excel reads UTF-8, and puts an apostrophe before
    cells that would run as formulas: those come back with it.
    """
    version = get_version(room, version_id)
    rows = ({name: getattr(row, name) for name in COLUMNS} for row in every_example(room, version.id))
    if format == "csv":
        _write_csv(rows, to, for_spreadsheet)
    elif format == "jsonl":
        for row in rows:
            to.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    else:
        raise BadInput(f"A version is exported as csv or jsonl, not as {format}.")


def _write_csv(rows: Iterator[dict[str, Any]], to: BinaryIO, for_spreadsheet: bool) -> None:
    text = io.TextIOWrapper(to, "utf-8-sig" if for_spreadsheet else "utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        cells = [_cell(row[name]) for name in COLUMNS]
        writer.writerow([_harmless(cell) for cell in cells] if for_spreadsheet else cells)
    text.flush()
    text.detach()  # the file stays open for whoever opened it


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if value or value is False else ""


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
