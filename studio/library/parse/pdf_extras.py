"""What lies on a PDF's pages beside their print: filled form fields, comments, attachments.

Called by the PDF parser.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from studio.library.parse.pdfium import pdfium_c
from studio.library.places import Box

_SILENT = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)


@dataclass
class Extras:
    """`fields` are (name and value, box) of the filled form fields, by page from 1."""

    fields: dict[int, list[tuple[str, Box]]] = field(default_factory=dict)
    comments: int = 0
    attachments: int = 0

    @property
    def notes(self) -> list[str]:
        sentences = []
        if self.comments:
            sentences.append(f"{self.comments} comment{'s were' if self.comments > 1 else ' was'} left out.")
        if self.attachments:
            are = "attachments are" if self.attachments > 1 else "attachment is"
            sentences.append(f"{self.attachments} {are} not read. Save and add what belongs here.")
        return sentences

    def read(self, page: Any, number: int) -> None:
        for annotation in _annotations(page):
            kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
            if kind == pdfium_c.FPDF_ANNOT_WIDGET:
                self._field(annotation, number)
            elif kind == pdfium_c.FPDF_ANNOT_FILEATTACHMENT:
                self.attachments += 1
            elif kind not in _SILENT and _value(annotation, b"Contents").strip():
                self.comments += 1

    def _field(self, annotation: Any, number: int) -> None:
        value = " ".join(_value(annotation, b"V").split())
        if value and value != "Off":
            name = _value(annotation, b"TU") or _value(annotation, b"T")
            text = f"{name}: {value}" if name else value
            self.fields.setdefault(number, []).append((text, _box(annotation, number)))


def count_attachments(pdf: Any) -> int:
    return int(pdfium_c.FPDFDoc_GetAttachmentCount(pdf))


def _annotations(page: Any) -> Iterator[Any]:
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if annotation:
            yield annotation
            pdfium_c.FPDFPage_CloseAnnot(annotation)


def _value(annotation: Any, key: bytes) -> str:
    """PDFium writes UTF-16 with a zero at the end and says first how many bytes it needs."""
    size = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    buffer = ctypes.create_string_buffer(size)
    target = ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR))
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, target, size)
    return buffer.raw[:size].decode("utf-16-le", errors="replace").rstrip("\0")


def _box(annotation: Any, number: int) -> Box:
    place = pdfium_c.FS_RECTF()
    pdfium_c.FPDFAnnot_GetRect(annotation, place)
    return (number, place.left, place.bottom, place.right, place.top)
