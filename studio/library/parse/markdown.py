"""Markdown: headings, paragraphs, lists, code and tables, without the marks."""

import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.parse.html import add_html
from studio.library.parse.tables import add_table
from studio.library.parse.text import read_text
from studio.open_xml import read_date

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.DOTALL)
_DATE_LINE = re.compile(r"^(?:date|updated|modified|lastmod)\s*:\s*[\"']?(\d{4}-\d{2}-\d{2})", re.M | re.I)
_TITLE_LINE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def parse(path: Path, name: str) -> ParsedDocument:
    text, notes = read_text(path, name)
    text = text.replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    document = DocumentText()
    tokens = MarkdownIt("commonmark").enable("table").parse(text[front.end() :] if front else text)
    tables = sum(_add(document, token, tokens) for token in _Cursor(tokens))
    named = _TITLE_LINE.search(front.group(1)) if front else None
    title = named.group(1) if named else _first_heading(document) or Path(name).stem
    days = _DATE_LINE.findall(front.group(1)) if front else []
    dated = max(filter(None, map(read_date, days)), default=None)
    return ParsedDocument(title, document.blocks, tables=tables, warnings=notes, dated=dated)


class _Cursor:
    """The tokens that start something: a block, a code fence or a table (whose inside is skipped)."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens

    def __iter__(self) -> Iterator[int]:
        inside_table = False
        for index, token in enumerate(self.tokens):
            if token.type == "table_close":
                inside_table = False
            if not inside_table:
                yield index
            if token.type == "table_open":
                inside_table = True


def _add(document: DocumentText, index: int, tokens: list[Token]) -> int:
    """Add what starts at this token; 1 when it was a table."""
    token = tokens[index]
    if token.type == "inline":
        _add_inline(document, token, tokens, index)
    elif token.type in ("fence", "code_block"):
        document.add("paragraph", token.content)
    elif token.type == "html_block":
        add_html(document, token.content)
    elif token.type == "table_open":
        return int(add_table(document, _table_rows(tokens, index)))
    return 0


def _add_inline(document: DocumentText, token: Token, tokens: list[Token], index: int) -> None:
    opened_by = tokens[index - 1]
    text = _plain(token)
    if opened_by.type == "heading_open":
        document.heading(int(opened_by.tag[1:]), text)
    elif any(before.type == "list_item_open" for before in tokens[max(0, index - 2) : index]):
        document.add("list", f"- {text}")
    else:
        document.add("paragraph", text)


def _plain(token: Token) -> str:
    """The words of a line without its marks; a picture is its description."""
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" " if child.type == "softbreak" else "\n")
        elif child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts)


def _table_rows(tokens: list[Token], index: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for token in tokens[index:]:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_plain(token))
    return rows


def _first_heading(document: DocumentText) -> str | None:
    return next((block.text for block in document.blocks if block.kind == "heading"), None)
