"""Pages of PDF files as pictures, with the lines of a passage marked. Called by the source viewer."""

import ctypes
import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from studio.library.parse.pdfium import open_pdf, pdfium_c
from studio.library.places import Box

_PIXELS_PER_POINT = 1.5  # 108 dots per inch: sharp in a column of text
_CLOSE_UP = 3.0  # times as many for a part of the page
_MARGIN_POINTS = 24
_MOST_PIXELS = 12_000_000
_MARKER, _STRONGER = (255, 236, 120), (255, 190, 70)
Pixels = tuple[int, int, int, int]
Boxes = tuple[Box, ...]


def page_count(path: Path, name: str) -> int:
    with open_pdf(path, name) as pdf:
        return len(pdf)


def page_image(path: Path, name: str, page: int, boxes: tuple[Boxes, Boxes], close_up: bool = False) -> bytes:
    """A page (from 1) as PNG with those of the boxes marked that lie on it; `close_up` shows only these.

    `boxes` are those of the passage, and those of them that are marked more strongly.
    """
    passage, quoted = ([box for box in some if box[0] == page] for some in boxes)
    with open_pdf(path, name) as pdf:
        sheet = pdf[page - 1]
        image = _drawn(sheet, _CLOSE_UP if close_up and passage else _PIXELS_PER_POINT)
        marks = [_on_image(sheet, image.size, box) for box in passage]
        stronger = [_on_image(sheet, image.size, box) for box in quoted]
        points = sheet.get_size()[0]
        sheet.close()
    marked = _marked(image, marks, stronger)
    if close_up and marks:
        marked = marked.crop(_around(marks, marked.size, round(_MARGIN_POINTS * image.size[0] / points)))
    png = io.BytesIO()
    marked.save(png, "PNG")
    return png.getvalue()


def _drawn(sheet: Any, scale: float) -> Image.Image:
    """Drawn smaller where it would take too much memory."""
    width, height = sheet.get_size()
    affordable = (_MOST_PIXELS / max(1.0, width * height)) ** 0.5
    picture: Image.Image = sheet.render(scale=min(scale, affordable)).to_pil().convert("RGB")
    return picture


def _marked(image: Image.Image, marks: list[Pixels], stronger: list[Pixels]) -> Image.Image:
    paper = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(paper)
    for some, colour in ((marks, _MARKER), (stronger, _STRONGER)):
        for mark in some:
            draw.rectangle(mark, fill=colour)
    return ImageChops.multiply(image, paper)


def _on_image(page: Any, size: tuple[int, int], box: Box) -> Pixels:
    """PDF points to pixels; PDFium knows how the page is turned and cropped."""
    corners = []
    for x, y in ((box[1], box[2]), (box[3], box[4])):
        right, down = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, right, down)
        corners.append((right.value, down.value))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _around(marks: list[Pixels], size: tuple[int, int], margin: int) -> Pixels:
    """The marks with a margin: whole lines, so that a column of text is not cut."""
    left, right = min(m[0] for m in marks) - margin, max(m[2] for m in marks) + margin
    top, bottom = min(m[1] for m in marks) - margin, max(m[3] for m in marks) + margin
    return max(0, left), max(0, top), min(size[0], right), min(size[1], bottom)
