"""Looks at all bytes of a text file once, before they are decoded. Called by readers of text files."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 20


@dataclass
class Scan:
    """What was seen. `not_utf8` is the first line that is not UTF-8, `nul` the first with a zero byte.

    `feeds`, `returns` and `pairs` count LF, CR and CR LF; `longest` is about how many bytes the longest line
    has.
    """

    not_utf8: int | None = None
    nul: int | None = None
    feeds: int = 0
    returns: int = 0
    pairs: int = 0
    longest: int = 0

    @property
    def line(self) -> int:
        """The number of the line that follows what was seen."""
        return 1 + self.feeds + self.returns - self.pairs

    def has_mixed_ends(self, rows: int) -> bool:
        """Whether no one kind of line end could end all rows; breaks inside cells may be of any kind."""
        return max(self.pairs, self.feeds - self.pairs, self.returns - self.pairs) < rows - 1


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def scan(path: Path) -> Scan:
    """Look at the whole file."""
    seen, decoder = Scan(), codecs.getincrementaldecoder("utf-8")()
    unended, before = 0, b""
    for chunk in chunks(path):
        if seen.not_utf8 is None:
            seen.not_utf8 = _wrong(decoder, chunk, seen.line)
        if seen.nul is None and b"\0" in chunk:
            seen.nul = seen.line + _ends(chunk[: chunk.index(b"\0")])
        seen.feeds, seen.returns = seen.feeds + chunk.count(b"\n"), seen.returns + chunk.count(b"\r")
        seen.pairs += (before + chunk if before == b"\r" else chunk).count(b"\r\n")
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        unended = unended + len(chunk) if end < 0 else len(chunk) - end - 1
        seen.longest, before = max(seen.longest, unended), chunk[-1:]
    if seen.not_utf8 is None and decoder.getstate()[0]:
        seen.not_utf8 = seen.line
    return seen


def _wrong(decoder: codecs.IncrementalDecoder, chunk: bytes, line: int) -> int | None:
    """The line of the first byte that is not UTF-8; the decoder keeps a character cut by the last chunk."""
    kept = len(decoder.getstate()[0])
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        return line + _ends(chunk[: max(0, error.start - kept)])
    return None


def _ends(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
