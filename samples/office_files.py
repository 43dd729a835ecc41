"""Writes Word documents and the price list workbook with fixed dates inside; used by build.py."""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import datetime
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from source_text import SOURCE, Block

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
WORD_STYLES = {"bullets": "List Bullet", "steps": "List Number", "note": "Intense Quote"}


def write_word(blocks: list[Block], path: Path, dated: datetime) -> None:
    """A Word document with real heading styles and tables."""
    word = Document()
    word.core_properties.title = blocks[0].text
    word.core_properties.author = "Ollenmere Dewclock Works"
    word.core_properties.created = word.core_properties.modified = dated
    for block in blocks:
        if block.kind in ("title", "heading"):
            word.add_heading(block.text, level=block.level - 1)
        elif block.kind == "table":
            _word_table(word, block)
        else:
            for text in [item for (item,) in block.rows] or [block.text]:
                word.add_paragraph(text, style=WORD_STYLES.get(block.kind))
    word.save(str(path))
    _fix_dates(path, dated)


def _word_table(word: Document, block: Block) -> None:
    table = word.add_table(rows=0, cols=len(block.rows[0]), style="Light Grid Accent 1")
    for cells in block.rows:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text


def write_workbook(sheets: dict[str, str], path: Path, dated: datetime) -> None:
    """One sheet for each (sheet name, source file); numbers are stored as numbers."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title = "Price List"
    book.properties.creator = "Ollenmere Dewclock Works"
    book.properties.created = dated
    for name, source in sheets.items():
        with (SOURCE / source).open(encoding="utf-8", newline="") as file:
            _fill(book.create_sheet(name), list(csv.reader(file)))
    book.save(path)
    _fix_dates(path, dated)


def _fill(sheet: Worksheet, rows: list[list[str]]) -> None:
    for row in rows:
        sheet.append([_value(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8EEF0")
    for number, column in enumerate(zip(*rows, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(map(len, column)) + 2
    price = rows[0].index("Price (crowns)") + 1
    for row in range(2, len(rows) + 1):
        sheet.cell(row, price).number_format = "#,##0.00"
    sheet.freeze_panes = "B2"


def _value(text: str) -> str | int | float | None:
    if re.fullmatch(r"\d+\.\d+", text):
        return float(text)
    return int(text) if text.isdigit() else text or None


def _fix_dates(path: Path, dated: datetime) -> None:
    """Office files carry the time of saving in their parts; a rebuild must give the same bytes."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    stamp = dated.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    core = "docProps/core.xml"
    parts[core] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, parts[core])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(zipfile.ZipInfo(name, ZIP_DATE), content, zipfile.ZIP_DEFLATED)
