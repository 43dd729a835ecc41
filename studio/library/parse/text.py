"""Plain text files, and how any text file's bytes become characters."""

import re
from pathlib import Path

from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.text_tables.encoding import DamagedUtf8, Encoding, find_encoding
from studio.text_tables.scanning import scan

_NARROWEST_MARGIN = 50  # characters
_FULL_LINE = 0.75  # of the margin


def read_text(path: Path, name: str) -> tuple[str, list[str]]:
    """The characters of a text file, and a note when its encoding had to be guessed."""
    encoding = encoding_of(path, name)
    try:
        text = path.read_bytes().decode(encoding.unmarked, encoding.errors)
    except UnicodeDecodeError:
        raise BadInput(f"{name} is damaged: it says it is {encoding.codec} text but is not.") from None
    return text, list(encoding.notes)


def encoding_of(path: Path, name: str) -> Encoding:
    """How to read a text file; a few damaged characters do not cost the rest of it."""
    seen = scan(path)
    try:
        encoding = find_encoding(path, name, seen)
    except DamagedUtf8:
        note = f"Some characters are damaged, first on line {seen.not_utf8:,}: they are shown as �."
        encoding = Encoding("utf-8", (note,), errors="replace")
    except BadInput:
        raise BadInput(
            f"{name} is not a text file: its characters cannot be read. Save it as UTF-8 text."
        ) from None
    if seen.nul is not None and not encoding.is_wide:
        raise BadInput(f"{name} is not a text file: it contains binary data. Save it as UTF-8 text.")
    return encoding


def parse(path: Path, name: str) -> ParsedDocument:
    """Paragraphs are what empty lines separate."""
    text, notes = read_text(path, name)
    document = DocumentText()
    for paragraph in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        document.add("paragraph", _unwrapped(paragraph))
    return ParsedDocument(Path(name).stem, document.blocks, warnings=notes)


def _unwrapped(paragraph: str) -> str:
    """Lines broken by the writer's margin joined again; short lines (addresses, lists) stay lines."""
    lines = [line.strip() for line in paragraph.split("\n")]
    margin = max(map(len, lines))
    text = ""
    for line in lines:
        full = margin >= _NARROWEST_MARGIN and len(line) >= _FULL_LINE * margin
        text += line + (" " if full else "\n")
    return text
