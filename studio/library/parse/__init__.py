"""One file per document format; each turns a file into blocks with exact places. Called by ingest."""

from collections.abc import Callable
from pathlib import Path

from studio.errors import BadInput
from studio.library.parse import docx, html, markdown, pdf, sheet, text
from studio.library.parse.blocks import Block, ParsedDocument
from studio.library.parse.recognise import check_file
from studio.library.places import Place

__all__ = ["READER_VERSION", "Block", "ParsedDocument", "Place", "parse_file"]

# raised whenever a parser or the splitter makes something else of the same file
READER_VERSION = 2

_PARSERS: dict[str, Callable[[Path, str], ParsedDocument]] = {
    ".pdf": pdf.parse,
    ".docx": docx.parse,
    ".md": markdown.parse,
    ".markdown": markdown.parse,
    ".html": html.parse,
    ".htm": html.parse,
    ".txt": text.parse,
    ".csv": sheet.parse_csv,
    ".tsv": sheet.parse_csv,
    ".xlsx": sheet.parse_xlsx,
}


def parse_file(path: Path, name: str) -> ParsedDocument:
    """Read a file by what its name says, once its content agrees; refuses with BadInput what it cannot read.

    The rows of a .jsonl file are documents of their own: see `parse.jsonl`.
    """
    suffix = check_file(path, name)
    if suffix not in _PARSERS:
        raise BadInput(f"{name} holds many documents; it is read row by row.")
    parsed = _PARSERS[suffix](path, name)
    if not parsed.characters:
        raise BadInput(f"{name} has no text that can be read.")
    return parsed
