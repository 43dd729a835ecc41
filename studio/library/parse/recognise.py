"""What a file really is, by its first bytes, since a name can say anything. Called before storing, too."""

from pathlib import Path
from zipfile import ZipFile

from studio.archives import UNREADABLE, entry_names
from studio.errors import BadInput

ACCEPTED = {
    ".pdf": "PDF",
    ".docx": "Word document",
    ".pptx": "PowerPoint file",
    ".xlsx": "Excel workbook",
    ".odt": "OpenDocument text",
    ".html": "text",
    ".htm": "text",
    ".md": "text",
    ".markdown": "text",
    ".txt": "text",
    ".csv": "text",
    ".tsv": "text",
    ".jsonl": "text",
    ".eml": "text",
    ".zip": "ZIP archive",
}
READS = (
    "PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), OpenDocument text (.odt), CSV, TSV, HTML, "
    "Markdown, text, .jsonl, e-mail (.eml), and a ZIP archive of these"
)

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OLD_SUFFIXES = {".doc": ".docx", ".xls": ".xlsx", ".ppt": ".pptx", ".msg": ".eml"}
_MAGIC = (
    (b"PK\x03\x04", "ZIP archive"),
    (b"PK\x05\x06", "ZIP archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"{\\rtf", "RTF document"),
)
_INSIDE = (
    ("word/document.xml", "Word document"),
    ("xl/workbook.xml", "Excel workbook"),
    ("ppt/presentation.xml", "PowerPoint file"),
)


def check_file(path: Path, name: str) -> str:
    """The suffix whose parser reads this file; refuses what is empty, unknown or not what its name says."""
    if path.stat().st_size == 0:
        raise BadInput(f"{name} is empty.")
    suffix = Path(name).suffix.lower()
    found = _kind(path, name)
    if found == "old Office file":
        raise _old_office(path, name, suffix)
    if suffix not in ACCEPTED:
        raise BadInput(f"{name} is in a format the library does not read. It reads {READS}.")
    if found != ACCEPTED[suffix]:
        raise BadInput(_mismatch(name, suffix, found))
    return suffix


def _kind(path: Path, name: str) -> str:
    with path.open("rb") as file:
        begin = file.read(1024)
    if b"%PDF-" in begin:
        return "PDF"
    if begin.startswith(_OLD_OFFICE):
        return "old Office file"
    found = next((kind for magic, kind in _MAGIC if begin.startswith(magic)), "text")
    return _inside(path, name) if found == "ZIP archive" else found


def _inside(path: Path, name: str) -> str:
    names = entry_names(path, name)
    if "mimetype" in names and "content.xml" in names:
        return _open_document(path)
    return next((kind for entry, kind in _INSIDE if entry in names), "ZIP archive")


def _open_document(path: Path) -> str:
    try:
        with ZipFile(path) as archive:
            is_text = archive.read("mimetype").strip() == b"application/vnd.oasis.opendocument.text"
    except UNREADABLE:
        is_text = False
    return "OpenDocument text" if is_text else "OpenDocument file"


def _old_office(path: Path, name: str, suffix: str) -> BadInput:
    if suffix not in _OLD_SUFFIXES and _ENCRYPTED_PACKAGE in path.read_bytes():
        return BadInput(f"{name} is password-protected. Save a copy without the password and add that.")
    newer = _OLD_SUFFIXES.get(suffix, ".docx or .xlsx")
    return BadInput(f"{name} is in an old Office format. Open it and save it as {newer}, then add that file.")


def _mismatch(name: str, suffix: str, found: str) -> str:
    expected = ACCEPTED[suffix]
    if found == "text":
        return f"{name} is damaged or not {_a(expected)}: it does not begin as one. Export it again."
    wanted = "a text file" if expected == "text" else _a(expected)
    return f"{name} is not {wanted}, as its name says, but {_a(found)}. Correct the name or the file."


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "EO" else f"a {kind}"
