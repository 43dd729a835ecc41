"""Names files that are not text tables although their name says so. Called by reading before decoding."""

import json

from studio.errors import BadInput

SIGNATURES = (
    (b"\x1f\x8b", "a gzip archive: unpack it first and choose the file inside"),
    (b"BZh", "a bzip2 archive: unpack it first and choose the file inside"),
    (b"\xfd7zXZ\x00", "an xz archive: unpack it first and choose the file inside"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first and choose the file inside"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file: save it as CSV or .xlsx"),
    (b"%PDF", "a PDF: add it to a library instead, or export the table as CSV"),
    (b"PAR1", "a Parquet file: export it as CSV"),
    (b"\x89PNG", "a picture"),
    (b"SQLite format 3", "an SQLite database: export the table as CSV"),
)
MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<head", "<body")


def refuse_disguised(data: bytes, name: str) -> None:
    """Raise when the first bytes belong to another format than a text table."""
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise BadInput(f"{name} is {what}.")
    if data.startswith(b"PK\x03\x04"):
        raise BadInput(f"{name} is {_zip_content(data)}.")


def refuse_markup(text: str, name: str) -> None:
    """Raise when decoded text is a web page or JSON."""
    start = text[:200].lstrip().lower()
    if start.startswith(MARKUP):
        raise BadInput(f"{name} is a web page or XML, not a table: save the table itself as CSV.")
    if start[:1] in ("{", "[") and _is_json(text):
        raise BadInput(f"{name} is JSON, not CSV: export it as CSV with one column per field.")


def _zip_content(data: bytes) -> str:
    if b"xl/" in data:
        return "an Excel file with another name: give it the ending .xlsx, or save it as CSV"
    if b"word/" in data:
        return "a Word file: add it to a library instead, or save its table as CSV"
    return "a ZIP archive: unpack it first and choose the file inside"


def _is_json(text: str) -> bool:
    first_line = text.strip().partition("\n")[0]
    for candidate in (first_line, text):
        try:
            return isinstance(json.loads(candidate), dict | list)
        except json.JSONDecodeError:
            continue
    return False
