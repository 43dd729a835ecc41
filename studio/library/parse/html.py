"""HTML pages: what their reader would see; scripts and menus are dropped, hidden text is reported."""

import re
from datetime import date
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from studio.library.parse.blocks import DocumentText, Kind, ParsedDocument
from studio.library.parse.tables import add_table
from studio.library.parse.text import read_text
from studio.open_xml import read_date

_DROPPED = ["script", "style", "noscript", "template", "svg", "nav", "iframe", "object", "form", "head"]
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])", re.I
)
_DATE_NAMES = (
    "date last-modified dcterms.modified dcterms.date dc.date article:modified_time article:published_time "
    "og:updated_time datemodified datepublished"
)
_DATES = frozenset(_DATE_NAMES.split())
_HEADING = re.compile(r"h[1-6]")
_BLOCK_NAMES = (
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer header "
    "html li main ol p pre section summary table td th tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())


def parse(path: Path, name: str) -> ParsedDocument:
    text, notes = read_text(path, name)
    soup = BeautifulSoup(text, "lxml")
    titled = soup.title.get_text(" ", strip=True) if soup.title else ""
    dated = _dated(soup)
    document = DocumentText()
    tables, hidden = _add_soup(document, soup)
    if hidden:
        notes.append(
            f"{hidden:,} characters of hidden text were left out: a reader of the page does not see them. "
            "Check the page if you did not write it."
        )
    title = titled or Path(name).stem
    return ParsedDocument(title, document.blocks, tables=tables, warnings=notes, dated=dated)


def _dated(soup: BeautifulSoup) -> date | None:
    """The newest day that the page's own meta elements give."""
    named = (
        tag for tag in soup("meta") if str(tag.get("name") or tag.get("property") or "").lower() in _DATES
    )
    return max(filter(None, (read_date(str(tag.get("content", ""))) for tag in named)), default=None)


def add_html(document: DocumentText, text: str) -> None:
    """A piece of HTML inside another document."""
    _add_soup(document, BeautifulSoup(text, "lxml"))


def _add_soup(document: DocumentText, soup: BeautifulSoup) -> tuple[int, int]:
    """Add everything visible; returns the number of tables and of hidden characters."""
    for tag in soup(_DROPPED):
        tag.decompose()
    hidden = _remove_hidden(soup)
    walk = _Walk(document)
    walk.into(soup, "paragraph")
    walk.flush()
    return walk.tables, hidden


def _remove_hidden(soup: BeautifulSoup) -> int:
    characters = 0
    for tag in soup.find_all(_is_hidden):
        if not tag.decomposed:
            characters += len("".join(tag.get_text().split()))
            tag.decompose()
    return characters


def _is_hidden(tag: Tag) -> bool:
    return tag.has_attr("hidden") or bool(_HIDDEN_STYLE.search(str(tag.get("style", ""))))


class _Walk:
    """Goes through the page in reading order; words pile up until a block begins or ends."""

    def __init__(self, document: DocumentText) -> None:
        self.document = document
        self.tables = 0
        self._words: list[str] = []
        self._kind: Kind = "paragraph"

    def into(self, parent: Tag, kind: Kind) -> None:
        for child in parent.children:
            if isinstance(child, PreformattedString):
                continue  # comments, declarations
            if isinstance(child, NavigableString):
                self._words.append(re.sub(r"\s+", " ", child))
                self._kind = kind
            elif isinstance(child, Tag):
                self._element(child, kind)

    def _element(self, tag: Tag, kind: Kind) -> None:
        if _HEADING.fullmatch(tag.name):
            self.flush()
            self.document.heading(int(tag.name[1]), tag.get_text(" ", strip=True))
        elif tag.name == "table" and _is_grid(tag):
            self.flush()
            self.tables += add_table(self.document, _rows(tag))
        elif tag.name == "br":
            self._words.append("\n")
        elif tag.name in _BLOCKS:
            self._block(tag, kind)
        else:
            self.into(tag, kind)

    def _block(self, tag: Tag, kind: Kind) -> None:
        self.flush()
        if tag.name == "li":
            self._words.append("- ")
        self.into(tag, "list" if tag.name == "li" else kind)
        self.flush()

    def flush(self) -> None:
        text = "".join(self._words).strip()
        if text.strip("- \n"):
            self.document.add(self._kind, text)
        self._words = []


def _is_grid(table: Tag) -> bool:
    """A table of data; one that holds another table, or has one cell, only arranges the page."""
    return table.find("table") is None and len(table.find_all(["td", "th"], limit=2)) > 1


def _rows(table: Tag) -> list[list[str]]:
    rows = (row.find_all(["td", "th"]) for row in table.find_all("tr"))
    return [[cell.get_text(" ", strip=True) for cell in row] for row in rows]
