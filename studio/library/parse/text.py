"""Plain text files, and how any text file's bytes become characters."""

import re
from pathlib import Path

from charset_normalizer import from_bytes

from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# left to itself the guesser reads short Western texts as Japanese
_SINGLE_BYTE = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "iso8859_2"]
_SAMPLE_BYTES = 200_000
_NARROWEST_MARGIN = 50  # characters
_FULL_LINE = 0.75  # of the margin


def read_text(path: Path, name: str) -> tuple[str, list[str]]:
    """The characters of a text file, and a note when its encoding had to be guessed."""
    data = path.read_bytes()
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data, encoding, name), []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(data, name)
    if "\0" in text:
        raise BadInput(f"{name} is not a text file: it contains binary data. Save it as UTF-8 text.")
    return text, []


def _decode(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise BadInput(f"{name} is damaged: it says it is {encoding} text but is not.") from None


def _guess(data: bytes, name: str) -> tuple[str, list[str]]:
    best = from_bytes(data[:_SAMPLE_BYTES], cp_isolation=_SINGLE_BYTE).best()
    if best is None or b"\0" in data:
        raise BadInput(f"{name} is not a text file: its characters cannot be read. Save it as UTF-8 text.")
    text = data.decode(best.encoding, errors="replace")
    return text, [f"The file is not UTF-8; it was read as {best.encoding.replace('_', '-')}."]


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
