"""Plain text files, and how any text file's bytes become characters."""

import re
from pathlib import Path

from charset_normalizer import from_bytes

from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.language import likely_language

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WESTERN = "af ca da de en es eu fi fr ga gl id is it lb ms nb nl nn no pt sv"
_CENTRAL = "bs cs hr hu pl ro sk sl sq"
# every code page reads every file, but only into the words of its own languages
_CODE_PAGES = {
    "cp1252": _WESTERN.split(),
    "cp1250": _CENTRAL.split(),
    "iso8859_2": _CENTRAL.split(),
    "cp1251": ["be", "bg", "mk", "ru", "sr", "uk"],
    "cp1253": ["el"],
    "cp1254": ["tr"],
}
_LIKELY = 0.4
_SAMPLE_BYTES = 200_000
_SAMPLE_LETTERS = 3000
_LETTERS = re.compile(r"[^\W\d_]+")
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
    encoding = None if b"\0" in data else _code_page(data[:_SAMPLE_BYTES]) or _by_frequency(data)
    if encoding is None:
        raise BadInput(f"{name} is not a text file: its characters cannot be read. Save it as UTF-8 text.")
    text = data.decode(encoding, errors="replace")
    return text, [f"The file is not UTF-8; it was read as {encoding.replace('_', '-')}."]


def _code_page(data: bytes) -> str | None:
    """The code page that makes the text one of its own languages most clearly, with most letters."""
    found = []
    for encoding, languages in _CODE_PAGES.items():
        text = data.decode(encoding, errors="replace")
        code, confidence = likely_language(" ".join(_LETTERS.findall(text))[:_SAMPLE_LETTERS])
        if code in languages and confidence >= _LIKELY:
            letters = sum(character.isalpha() for character in text if not character.isascii())
            found.append((round(confidence, 1), letters, encoding))
    return max(found, key=lambda item: item[:2])[2] if found else None


def _by_frequency(data: bytes) -> str | None:
    """For short texts and other scripts; left to itself the guesser reads Western ones as Japanese."""
    best = from_bytes(data[:_SAMPLE_BYTES], cp_isolation=list(_CODE_PAGES)).best()
    return best.encoding if best else None


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
