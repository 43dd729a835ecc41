"""Names files that are not what their name says. Called by opening before anything is read."""

import json
import zipfile
from pathlib import Path

from studio.archives import UNREADABLE
from studio.errors import BadInput

SIGNATURES = (
    (b"\x1f\x8b", "a gzip archive: unpack it first and choose the file inside"),
    (b"BZh", "a bzip2 archive: unpack it first and choose the file inside"),
    (b"\xfd7zXZ\x00", "an xz archive: unpack it first and choose the file inside"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive: unpack it first and choose the file inside"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first and choose the file inside"),
    (b"Rar!", "a RAR archive: unpack it first and choose the file inside"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file: save it as CSV or .xlsx"),
    (b"%PDF", "a PDF: add it to a library instead, or export the table as CSV"),
    (b"PAR1", "a Parquet file with another name: give it the ending .parquet"),
    (b"ARROW1", "an Arrow file: save it as Parquet, JSON Lines or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "an SQLite database: export the table as CSV"),
)
INSIDE = (
    ("xl/", "an Excel file with another name: give it the ending .xlsx, or save it as CSV"),
    ("word/", "a Word file: add it to a library instead, or save its table as CSV"),
    ("content.xml", "an OpenDocument file: save its table as .xlsx or CSV"),
)
MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<head", "<body")


def refuse_disguised(path: Path, name: str) -> None:
    """Raise when the first bytes belong to another format than a text table."""
    with path.open("rb") as file:
        start = file.read(16)
    for signature, what in SIGNATURES:
        if start.startswith(signature):
            raise BadInput(f"{name} is {what}.")
    if start.startswith(b"PK\x03\x04"):
        raise BadInput(f"{name} is {_zip_content(path)}.")


def refuse_markup(text: str, name: str) -> None:
    """Raise when the first characters are those of a web page or of JSON."""
    start = text[:200].lstrip().lower()
    if start.startswith(MARKUP):
        raise BadInput(f"{name} is a web page or XML, not a table: save the table itself as CSV.")
    if start[:1] in ("{", "[") and _is_json(text.lstrip()):
        raise BadInput(f"{name} is JSON, not CSV: give it the ending .json, or .jsonl for one object a line.")


def _is_json(text: str) -> bool:
    """Whether a value ends its line, or goes on beyond these first characters."""
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        return error.pos > 1 and error.pos >= len(text) - 1
    return not text[end:].partition("\n")[0].strip()


def _zip_content(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (*UNREADABLE, OSError, ValueError):
        names = []
    for part, what in INSIDE:
        if any(entry.startswith(part) for entry in names):
            return what
    return "a ZIP archive: unpack it first and choose the file inside"
