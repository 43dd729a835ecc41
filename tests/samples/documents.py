"""Reads the finished sample as a person would see it; used by test_samples.py."""

import csv
import re
from pathlib import Path

import docx
import openpyxl
import pypdfium2

SAMPLES = Path(__file__).parents[2] / "samples"
DOCUMENTS = SAMPLES / "documents"


def rows(name):
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(name):
    """All words of a document on one line, thousands without commas."""
    path = DOCUMENTS / name
    readers = {".pdf": _pdf, ".docx": _word, ".xlsx": _workbook}
    text = readers.get(path.suffix, Path.read_text)(path)
    return re.sub(r"(?<=\d),(?=\d{3})", "", re.sub(r"\s+", " ", text))


def pages_of(name):
    pdf = pypdfium2.PdfDocument(DOCUMENTS / name)
    try:
        return [page.get_textpage().get_text_range() for page in pdf]
    finally:
        pdf.close()


def _pdf(path):
    return " ".join(pages_of(path.name))


def _word(path):
    word = docx.Document(str(path))
    cells = (cell.text for table in word.tables for row in table.rows for cell in row.cells)
    return " ".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def _workbook(path):
    book = openpyxl.load_workbook(path)
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return " ".join(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in cells)
