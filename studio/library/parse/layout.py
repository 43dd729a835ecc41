"""Scans and complex pages, read by the optional docling (requirements-docling.txt) in a process of its own.

Called by the PDF parser where docling is installed. The child process is `python -m
studio.library.parse.layout FILE`: docling brings torch, which stays out of the worker.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from studio.errors import BadInput
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.tables import add_table
from studio.library.places import Place

_TIMEOUT_SECONDS = 1800
_REPOSITORY = Path(__file__).resolve().parents[3]
_HEADINGS = {"title": 0, "section_header": 1}  # added to the item's own level
_LEFT_OUT = ("page_header", "page_footer")


def is_installed() -> bool:
    return find_spec("docling") is not None


def read_layout(path: Path, name: str) -> ParsedDocument:
    """What docling recognises, with a warning that the text was recognised from a picture."""
    command = [sys.executable, "-m", "studio.library.parse.layout", str(path.resolve())]
    try:
        child = subprocess.run(
            command, cwd=_REPOSITORY, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=True
        )
    except subprocess.TimeoutExpired:
        raise BadInput(
            f"{name} took more than {_TIMEOUT_SECONDS // 60} minutes to recognise. Split it."
        ) from None
    except subprocess.CalledProcessError as problem:
        reason = (problem.stderr or "").strip().splitlines()[-1:] or ["it ended without a word"]
        raise BadInput(f"{name} could not be recognised: {reason[0][:200]}") from None
    found = (line for line in child.stdout.splitlines() if line.startswith("{"))  # models greet, too
    return as_document(map(json.loads, found), name)


def as_document(items: Iterable[dict[str, Any]], name: str) -> ParsedDocument:
    """The child's lines as blocks: {"label", "level", "text" or "rows", "page", "box"}."""
    document = DocumentText()
    tables = pages = 0
    for item in items:
        pages = max(pages, item["page"])
        where = Place(0, 0, page=item["page"], boxes=((item["page"], *item["box"]),))
        if "rows" in item:
            tables += add_table(document, item["rows"], where)
        elif item["label"] in _HEADINGS:
            document.heading(item["level"] + _HEADINGS[item["label"]], item["text"], where)
        elif item["label"] not in _LEFT_OUT:
            is_item = item["label"] == "list_item"
            document.add(
                "list" if is_item else "paragraph", f"- {item['text']}" if is_item else item["text"], where
            )
    if not document.blocks:
        raise BadInput(f"{name} has 0 characters on {pages} pages, also after text recognition.")
    title = next((block.text for block in document.blocks if block.kind == "heading"), Path(name).stem)
    notes = ["The text was recognised from pictures of the pages: check names and numbers."]
    return ParsedDocument(title, document.blocks, pages, tables, notes)


def main() -> None:
    """In the child: one JSON line on stdout per recognised item, in reading order."""
    from docling.document_converter import DocumentConverter

    converted = DocumentConverter().convert(sys.argv[1]).document
    for item in described(converted):
        sys.stdout.write(json.dumps(item) + "\n")


def described(converted: Any) -> Iterator[dict[str, Any]]:
    """Every placed text and table of a DoclingDocument; boxes as (left, bottom, right, top) from below."""
    for item, _ in converted.iterate_items():
        if not item.prov:
            continue
        page = item.prov[0].page_no
        box = item.prov[0].bbox.to_bottom_left_origin(converted.pages[page].size.height)
        placed = {"page": page, "box": [box.l, box.b, box.r, box.t], "label": str(item.label.value)}
        if hasattr(item, "data"):
            yield placed | {"rows": [[cell.text for cell in row] for row in item.data.grid]}
        elif getattr(item, "text", "").strip():
            yield placed | {"text": item.text, "level": getattr(item, "level", 1)}


if __name__ == "__main__":
    main()
