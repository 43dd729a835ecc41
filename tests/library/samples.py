"""Small files that the library's tests read, made on the spot."""

from pathlib import Path

import docx
import openpyxl
from fpdf import FPDF

from studio.library.finding.search import find_passages
from studio.library.intake.adding import add_documents
from studio.library.intake.ingest import ingest_documents
from studio.library.libraries import LibraryView
from studio.store.database import Workspace


def write_text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def write_pdf(path: Path, pages: list[list[tuple[int, str]]], *, password: str = "") -> Path:
    """Each page is a list of (font size, text)."""
    pdf = FPDF()
    for page in pages:
        pdf.add_page()
        for size, text in page:
            pdf.set_font("Helvetica", size=size)
            pdf.multi_cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(4)
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    pdf.output(str(path))
    return path


def write_docx(path: Path) -> Path:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Pump works, internal"
    document.add_heading("Pump manual", level=0)
    document.add_heading("Cleaning", level=1)
    document.add_paragraph("Rinse the filter every week.")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Part", "Torque", "Collar", "0.6 Nm"), strict=True):
        cell.text = text
    document.add_paragraph("Then close the lid.")
    document.save(str(path))
    return path


def write_xlsx(path: Path, rows: list[list[object]], sheet: str = "Prices") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    book.save(path)
    return path


LONG_TEXT = "\n\n".join(
    f"Paragraph {number} is about valves. " + "The valve is opened slowly by hand. " * 12
    for number in range(8)
)


def add(room: Workspace, library: LibraryView, *paths: Path) -> list[int]:
    """Add files and do at once what the worker would do."""
    ids = add_documents(room, library.id, list(paths))
    ingest_documents(room, document_ids=list(ids))
    return list(ids)


def found(room: Workspace, library: LibraryView, question: str, limit: int = 3) -> list[str]:
    """The texts found, best first."""
    return [hit.text for hit in find_passages(room, library.id, question, limit)]
