"""Finds out in which encoding a file was written, judging by all of its bytes. Called by readers of text."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from studio.errors import BadInput
from studio.text_tables.letters import Bytes, count_bytes, most_likely
from studio.text_tables.scanning import Scan, chunks

SAMPLE = 4_000
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# what a person may choose, by the name Python has for it
ENCODINGS = {
    "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE",
    "utf-32": "UTF-32", "cp1252": "Windows-1252 (Western Europe)", "iso8859-1": "ISO 8859-1 (Western Europe)",
    "iso8859-15": "ISO 8859-15 (Western Europe)", "cp1250": "Windows-1250 (Central Europe)",
    "iso8859-2": "ISO 8859-2 (Central Europe)", "cp1251": "Windows-1251 (Cyrillic)",
    "iso8859-5": "ISO 8859-5 (Cyrillic)", "koi8-r": "KOI8-R (Cyrillic)", "cp1253": "Windows-1253 (Greek)",
    "iso8859-7": "ISO 8859-7 (Greek)", "cp1254": "Windows-1254 (Turkish)", "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)", "cp1257": "Windows-1257 (Baltic)",
    "cp1258": "Windows-1258 (Vietnamese)", "cp437": "DOS 437", "cp850": "DOS 850 (Western Europe)",
    "cp852": "DOS 852 (Central Europe)", "cp866": "DOS 866 (Cyrillic)", "mac-roman": "Mac Roman",
    "mac-latin2": "Mac Latin 2", "shift_jis": "Shift JIS (Japanese)", "euc_jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (Chinese)", "big5": "Big5 (Chinese)", "euc_kr": "EUC-KR (Korean)",
}  # fmt: skip
_HALF_CHARACTER = re.compile(rb"\xed[\xa0-\xbf]")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_OTHER = re.compile("[^\x00-\x7f\udc80-\udcff]")
# so many characters are right for one that is wrong: the file is damaged UTF-8, not something else
_MOSTLY_RIGHT = 10


class DamagedUtf8(BadInput):
    """Some bytes are wrong in a file that is UTF-8 otherwise; a document may still be worth reading."""


@dataclass(frozen=True)
class Encoding:
    """`notes` are sentences for the person who brought the file; `errors` is what becomes of wrong bytes."""

    codec: str
    notes: tuple[str, ...] = ()
    errors: str = "strict"

    @property
    def unmarked(self) -> str:
        """The codec that leaves a byte order mark out."""
        return "utf-8-sig" if self.codec == "utf-8" else self.codec

    @property
    def is_wide(self) -> bool:
        """Whether zero bytes are parts of characters."""
        return self.codec.startswith(("utf-16", "utf-32"))


def find_encoding(path: Path, name: str, seen: Scan, wanted: str | None = None) -> Encoding:
    """What the person says, else what the bytes say. Raises BadInput rather than replace a character."""
    if wanted is not None:
        return Encoding(_known(wanted))
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    for mark, codec in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            named = () if codec == "utf-8" else (f"Read as {codec.upper()}, as its first bytes say.",)
            return Encoding(codec, named)
    if wide := _unmarked_utf16(start):
        return Encoding(wide, ("Read as UTF-16 without a byte order mark.",))
    return Encoding("utf-8") if seen.not_utf8 is None else _of_windows(path, name, seen.not_utf8)


def _known(wanted: str) -> str:
    try:
        codec = codecs.lookup(wanted).name.removesuffix("-sig").replace("ascii", "utf-8")
    except LookupError:
        codec = ""
    if codec not in ENCODINGS:
        raise BadInput(f"There is no encoding “{wanted}”: choose one such as UTF-8 or Windows-1250.")
    return codec


def _unmarked_utf16(sample: bytes) -> str | None:
    """Western text in UTF-16 has a zero in every other byte; other text has none there."""
    half = len(sample) // 2
    if half < 4:
        return None
    if sample[1::2].count(0) > 0.7 * half and not sample[0::2].count(0):
        return "utf-16-le"
    if sample[0::2].count(0) > 0.7 * half and not sample[1::2].count(0):
        return "utf-16-be"
    return None


def _of_windows(path: Path, name: str, line: int) -> Encoding:
    counts, decoder = Bytes(), codecs.getincrementaldecoder("utf-8")("surrogateescape")
    right = wrong = halves = 0
    for chunk in chunks(path):
        counts = counts + count_bytes(chunk)
        text = decoder.decode(chunk)
        right, wrong = right + len(_OTHER.findall(text)), wrong + len(_NOT_UTF8.findall(text))
        halves += 3 * len(_HALF_CHARACTER.findall(chunk))
    if halves and halves >= wrong:
        raise DamagedUtf8(
            f"Line {line} of {name} has half a character (a lone surrogate), which cannot be stored: "
            "delete it in that line."
        )
    if right > _MOSTLY_RIGHT * wrong:
        raise DamagedUtf8(
            f"Line {line} of {name} is not UTF-8 although the rest is: correct that line, "
            "or choose the encoding that the file was written in."
        )
    return _likely(counts, path, name, line)


def _likely(counts: Bytes, path: Path, name: str, line: int) -> Encoding:
    found = most_likely(counts, path)
    if found is None:
        raise BadInput(
            f"{name} is neither UTF-8 nor an encoding that could be recognised (line {line}): "
            "choose its encoding, or save it as CSV UTF-8."
        )
    label = ENCODINGS[found].partition(" (")[0]
    note = f"Line {line} is not UTF-8, so the file was read as {label}: check that its letters are right."
    return Encoding(found, (note,))
