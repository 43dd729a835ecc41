"""HTML pages: what their reader would see; scripts and menus are dropped, hidden text is reported."""

import re
from datetime import date
from itertools import product, takewhile
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from studio.library.parse.blocks import DocumentText, Kind, ParsedDocument
from studio.library.parse.tables import add_table
from studio.library.parse.text import read_text
from studio.open_xml import read_date

_DROPPED_NAMES = (
    "script style noscript template svg nav iframe object head input select textarea button datalist"
)
_DROPPED = _DROPPED_NAMES.split()  # of a form only the controls: some pages are one form from end to end
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])", re.I
)
_DATE_NAMES = (
    "date last-modified dcterms.modified dcterms.date dc.date article:modified_time article:published_time "
    "og:updated_time datemodified datepublished"
)
_DATES = frozenset(_DATE_NAMES.split())
_WIDEST = 30  # rows or columns of one cell
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
    """The cells of every row below each other; the names above each column, of however many rows, as one."""
    rows = [cells for row in table.find_all("tr") if (cells := list(row.find_all(["td", "th"])))]
    grid = _laid_out(rows)
    heads = sum(1 for _ in takewhile(_names_columns, rows))
    if heads < 2 or heads == len(grid):
        return grid
    columns = zip(*grid[:heads], strict=True)
    return [[" ".join(dict.fromkeys(filter(None, names))) for names in columns], *grid[heads:]]


def _names_columns(cells: list[Tag]) -> bool:
    return all(cell.name == "th" or cell.find_parent("thead") for cell in cells)


def _laid_out(rows: list[list[Tag]]) -> list[list[str]]:
    """Cells that reach over several rows or columns stand in each of them, values over columns only once."""
    taken: dict[tuple[int, int], str] = {}
    for number, cells in enumerate(rows):
        is_head, column = _names_columns(cells), 0
        for cell in cells:
            while (number, column) in taken:
                column += 1
            text, width = cell.get_text(" ", strip=True), _span(cell, "colspan")
            below = range(number, min(number + _span(cell, "rowspan"), len(rows)))
            for row, right in product(below, range(width)):
                taken[row, column + right] = text if is_head or not right else ""
            column += width
    width = max((column for _, column in taken), default=-1) + 1
    return [[taken.get((number, column), "") for column in range(width)] for number in range(len(rows))]


def _span(cell: Tag, name: str) -> int:
    """How many rows or columns a cell reaches over; what no table needs is taken for damage."""
    written = str(cell.get(name, ""))
    return int(written) if written.isascii() and written.isdecimal() and 1 <= int(written) <= _WIDEST else 1
