"""JSON lines: every line {"_id", "title", "text"} is a document of its own. Called by ingest."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.language import detect_language

_LONGEST_LINE = 20_000_000


@dataclass(frozen=True)
class Row:
    """`line` counts from 1; `sha256` is that of the line's meaning, not of its spacing."""

    line: int
    external_id: str
    title: str
    text: str

    @property
    def sha256(self) -> str:
        content = json.dumps([self.external_id, self.title, self.text], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


def read_rows(path: Path, name: str) -> Iterator[Row]:
    """Every row; refuses the file at the first line that is not one."""
    seen: dict[str, int] = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                row = _read_row(line, number, name)
                first = seen.setdefault(row.external_id, number)
                if first != number:
                    raise BadInput(
                        f"{name}, line {number}: the _id {row.external_id!r} is already on line {first}."
                    )
                yield row
    if not seen:
        raise BadInput(f"{name} has no rows.")


def _read_row(line: bytes, number: int, name: str) -> Row:
    where = f"{name}, line {number}"
    if len(line) > _LONGEST_LINE:
        raise BadInput(f"{where} is longer than {_LONGEST_LINE / 1e6:.0f} MB. Split the document.")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput(
            f"{where} is not JSON. Every line must be one object with _id, title and text."
        ) from None
    if (
        not isinstance(row, dict)
        or not isinstance(row.get("text"), str)
        or not str(row.get("_id", "")).strip()
    ):
        raise BadInput(f"{where} lacks _id or text. Every line must be one object with _id, title and text.")
    return Row(number, str(row["_id"]), str(row.get("title") or ""), row["text"])


def parse_row(row: Row) -> ParsedDocument:
    """A row's text as paragraphs; a row without a title has none, as its _id says nothing."""
    document = DocumentText()
    for paragraph in row.text.replace("\r\n", "\n").split("\n\n"):
        document.add("paragraph", paragraph)
    if not document.blocks:
        raise BadInput(f"Line {row.line} (_id {row.external_id}) has no text.")
    parsed = ParsedDocument(row.title, document.blocks)
    return replace(parsed, language=detect_language(parsed))
