"""Opening PDF files with PDFium, one at a time: the library is not safe to use from several threads.

Called by the PDF parser and by the source viewer.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw

from studio.errors import BadInput

pdfium: Any = pypdfium2  # neither carries types
pdfium_c: Any = pypdfium2.raw

_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def open_pdf(path: Path, name: str) -> Iterator[Any]:
    with _ONE_AT_A_TIME:
        try:
            pdf = pdfium.PdfDocument(path)
        except pdfium.PdfiumError as problem:
            raise _refusal(name, problem.err_code) from None
        try:
            yield pdf
        finally:
            pdf.close()


@contextmanager
def open_page(pdf: Any, number: int) -> Iterator[Any | None]:
    """A page, counted from 1; None when this page is damaged."""
    try:
        page = pdf[number - 1]
    except pdfium.PdfiumError:
        yield None
        return
    try:
        yield page
    finally:
        page.close()


def _refusal(name: str, code: int | None) -> BadInput:
    if code == pdfium_c.FPDF_ERR_PASSWORD:
        return BadInput(f"{name} is password-protected. Save a copy without the password and add that.")
    if code == pdfium_c.FPDF_ERR_SECURITY:
        return BadInput(
            f"{name} uses a protection that cannot be opened. Save a copy without it and add that."
        )
    return BadInput(f"{name} is damaged: it cannot be opened as a PDF. Export it again and add the new file.")
