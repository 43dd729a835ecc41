"""Bytes of a table file become text; says which encoding was used and why. Called by reading."""

import codecs
from dataclasses import dataclass

from studio.errors import BadInput

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
FALLBACKS = (("cp1252", "Windows-1252"), ("cp1250", "Windows-1250"))


@dataclass(frozen=True)
class Decoded:
    """Text with the encoding it was read in; `notes` are sentences for the person who brought it."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """Decode without ever replacing a character; `encoding` overrides what would be detected."""
    if encoding is not None:
        return Decoded(_exactly(data, encoding, name), encoding)
    for mark, marked in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            notes = () if marked == "utf-8-sig" else (f"Read as {marked.upper()}, as its first bytes say.",)
            return Decoded(_exactly(data, marked, name).removeprefix("\ufeff"), marked, notes)
    if wide := _unmarked_utf16(data):
        return Decoded(_exactly(data, wide, name), wide, ("Read as UTF-16 without a byte order mark.",))
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, name, _line_of(data, error.start))


def _exactly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise BadInput(f"{name} cannot be read as {encoding}: save it as CSV UTF-8.") from error


def _unmarked_utf16(data: bytes) -> str | None:
    """Western text in UTF-16 has a zero in every other byte; other text has none there."""
    sample = data[:4000]
    half = len(sample) // 2
    if half < 4:
        return None
    if sample[1::2].count(0) > 0.7 * half and not sample[0::2].count(0):
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * half and not sample[1::2].count(0):
        return "utf-16-be"
    return None


def _not_utf8(data: bytes, name: str, line: int) -> Decoded:
    for codec, label in FALLBACKS:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        note = f"Line {line} is not UTF-8, so the file was read as {label}: check its accented letters."
        return Decoded(text, codec, (note,))
    raise BadInput(f"{name} is neither UTF-8 nor a Windows encoding (line {line}): save it as CSV UTF-8.")


def _line_of(data: bytes, offset: int) -> int:
    before = data[:offset]
    return 1 + max(before.count(b"\n"), before.count(b"\r"))
