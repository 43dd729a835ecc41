"""One file per document format; each turns a file into blocks with exact places. Called by ingest."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio.archives import UNREADABLE
from studio.errors import BadInput
from studio.library.parse import docx, html, mail, markdown, odt, pdf, pptx, sheet
from studio.library.parse.archive import expand
from studio.library.parse.blocks import Block, ParsedDocument
from studio.library.parse.language import detect_language
from studio.library.parse.recognise import check_file
from studio.library.places import Place

__all__ = ["READER_VERSION", "Block", "ParsedDocument", "Place", "expand", "parse_file", "read_blocks"]

# raised whenever a parser or the splitter makes something else of the same file
READER_VERSION = 6

_PARSERS: dict[str, Callable[[Path, str], ParsedDocument]] = {
    ".pdf": pdf.parse,
    ".docx": docx.parse,
    ".pptx": pptx.parse,
    ".odt": odt.parse,
    ".eml": mail.parse,
    ".md": markdown.parse,
    ".markdown": markdown.parse,
    ".html": html.parse,
    ".htm": html.parse,
    ".txt": sheet.parse_text,
    ".csv": sheet.parse_csv,
    ".tsv": sheet.parse_csv,
    ".xlsx": sheet.parse_xlsx,
}


def parse_file(path: Path, name: str) -> ParsedDocument:
    """Read a file by what its name says, once its content agrees; refuses with BadInput what it cannot read.

    The rows of a .jsonl file and the files of a .zip are documents of their own: see `jsonl` and `expand`.
    """
    parsed = read_blocks(path, name)
    return replace(parsed, language=detect_language(parsed))


def read_blocks(path: Path, name: str) -> ParsedDocument:
    """As `parse_file`, but without the language."""
    suffix = check_file(path, name)
    if suffix not in _PARSERS:
        raise BadInput(f"{name} holds many documents; each is added by itself.")
    try:
        parsed = _PARSERS[suffix](path, name)
    except UNREADABLE:
        raise BadInput(
            f"{name} is damaged: it cannot be read to its end. Save it again and add that."
        ) from None
    if not parsed.characters:
        raise BadInput(f"{name} has no text that can be read.")
    return parsed
