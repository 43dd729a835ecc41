"""Where a table begins, whether its first row names the columns, and how. Called by rectangle and objects."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from studio.text_tables.rows import Row
from studio.training_sets.shapes import names
from studio.training_sets.shapes.mapping import names_itself
from studio.training_sets.shapes.names import named_column, simple, stemmed_column

MOST_TITLES = 10
SHOWN_TITLES = 3
LONG_HEADER = 80
MOSTLY = 0.9
SOME = 0.3
NUMBER = re.compile(r"[-+]?[\d.,:/\- T]*\d[%€$]?")
QUESTION = ("?", "？", "؟")
COMMENT = re.compile(r"#+(\s|$)")
NAME = re.compile(r"[^\W\d][\w .\-/]{0,29}(?<!\.)")


@dataclass(frozen=True)
class Start:
    """The header, if there is one, and the number of the `first` row below it, or of the table.

    `width` is how many cells the first row of the table has.
    """

    first: int
    header: Row | None
    width: int
    notes: tuple[str, ...] = ()

    @property
    def headers(self) -> list[list[str]]:
        """How the header looks where it comes again, as in joined files: with a byte order mark too."""
        if self.header is None or self.width < 2:
            return []
        begin, *rest = self.header[2]
        return [[begin, *rest], [f"\ufeff{begin}", *rest], [f'\ufeff"{begin}"', *rest]]

    def narrower(self) -> "Start | None":
        """The same without the empty names at the end of the header; None where there are none."""
        if self.header is None or self.header[2][-1].strip():
            return None
        number, line, cells = self.header
        while cells and not cells[-1].strip():
            cells = cells[:-1]
        said = "The header ends with empty names, which were left out: no row has anything there."
        return Start(self.first, (number, line, cells), len(cells), (*self.notes, said))


def find_start(rows: Sequence[Row], wanted: bool | None) -> Start:
    """Judge by the first rows of a file; `rows` are not blank, and there is at least one."""
    titles = _above([cells for _, _, cells in rows])
    table = rows[titles:]
    first, body = table[0], [cells for _, _, cells in table[1:]]
    named, doubt = (wanted, False) if wanted is not None else _is_header(first[2], body)
    notes = list(_left_out(rows[:titles]))
    if named and doubt:
        notes.append("The first row looks like an example: it is taken as the header. Is that right?")
    if not named and wanted is None:
        notes.append(
            "The first row looks like an example and is read as one; the columns are numbered. Is that right?"
        )
    begin = first[0] + 1 if named else first[0]
    return Start(begin, first if named else None, len(first[2]), tuple(notes))


def _left_out(rows: Sequence[Row]) -> Iterator[str]:
    for _, line, cells in rows[:SHOWN_TITLES]:
        yield f"Line {line}, above the table, was left out: “{' '.join(filter(None, cells))[:60]}”."
    if rows[SHOWN_TITLES:]:
        yield f"So were lines {rows[SHOWN_TITLES][1]} to {rows[-1][1]}."


def names_pairs(cells: Sequence[str]) -> bool:
    """Whether these are names of columns, one of questions and one of answers."""
    short = [cell for cell in cells if 0 < len(cell) <= LONG_HEADER and not cell.endswith(QUESTION)]
    asked = named_column(short, names.PROMPT_NAMES) or stemmed_column(short, names.ASKED_STEMS)
    rest = [cell for cell in short if cell != asked]
    answered = named_column(rest, names.COMPLETION_NAMES) or stemmed_column(rest, names.ANSWERED_STEMS)
    return bool(asked and answered)


def names_columns(cells: Sequence[str]) -> bool:
    """Whether two or more of these are what columns are called."""
    return sum(simple(cell) in names.KNOWN for cell in cells) > 1


def _above(rows: Sequence[list[str]]) -> int:
    """How many rows are comments, titles, or a line that only groups the names in the line below it."""
    comments = _comments(rows)
    titles = comments + _titles(rows[comments:])
    if titles + 1 < len(rows) and not all(rows[titles]) and not names_columns(rows[titles]):
        return titles + (_all_named(rows[titles + 1]) and names_columns(rows[titles + 1]))
    return titles


def _comments(rows: Sequence[list[str]]) -> int:
    """How many rows begin with “# ”; the last of them may be the header, and all of them the texts."""
    count = next((n for n, cells in enumerate(rows) if not _is_comment(cells)), 0)
    return count - (count > 0 and names_columns(rows[count - 1]))


def _is_comment(cells: list[str]) -> bool:
    return COMMENT.match(cells[0]) is not None and (cells[0].strip() != "#" or not any(cells[1:]))


def _titles(rows: Sequence[list[str]]) -> int:
    """How many rows of one cell come before rows of which most have several, and no other number of them.

    Rows of sheets end with their last filled cell: below names they may have fewer. Exports fill titles up
    with empty cells; the row below must be full and of short names then. One word
    beside one empty cell is no title: a header may leave its second column without a name.
    """
    filled = [[cell for cell in cells if cell.strip()] for cells in rows[: MOST_TITLES + 1]]
    titles = next((n for n, cells in enumerate(filled) if len(cells) > 1), 0)
    below = Counter(len(cells) for cells in rows[titles:])
    width, most = len(rows[titles]), max(1, below.total() / 2)
    narrower = sum(count for cells, count in below.items() if 1 < cells <= width)
    if below[width] <= most and (narrower <= most or not _all_named(rows[titles])):
        return 0
    padded = [cells for cells in rows[:titles] if len(cells) > 1]
    if any(len(cells) == 2 and " " not in "".join(cells).strip() for cells in padded):
        return 0
    return titles if not padded or _all_named(rows[titles]) else 0


def _all_named(cells: list[str]) -> bool:
    return all(0 < len(cell.strip()) <= LONG_HEADER and not cell.strip().endswith(QUESTION) for cell in cells)


def _is_header(first: list[str], body: Sequence[list[str]]) -> tuple[bool, bool]:
    """Whether the first row names the columns, and whether that is doubtful."""
    if names_itself([cell.strip() for cell in first]):
        return True, False
    columns = [[cells[n].strip() for cells in body if n < len(cells)] for n in range(len(first))]
    pairs = [(cell.strip(), list(filter(None, column))) for cell, column in zip(first, columns, strict=True)]
    value_like = [_is_value(cell, column) for cell, column in pairs]
    recurs = any(cells == first for cells in body)
    if any(value_like) and not recurs:
        if any(_names_values(cell, column) for cell, column in pairs):
            return True, True
        return False, True
    return True, any(len(cell) > LONG_HEADER or cell.endswith(QUESTION) for cell, _ in pairs)


def _is_value(cell: str, column: list[str]) -> bool:
    """Whether the cell is like those below it: it recurs, is a number as they are, a question as they are."""
    if not cell or not column:
        return False
    return (
        column.count(cell) > 1
        or (_number(cell) and _share(column, _number) >= MOSTLY)
        or (cell.endswith(QUESTION) and _share(column, lambda text: text.endswith(QUESTION)) >= SOME)
    )


def _names_values(cell: str, column: list[str]) -> bool:
    """Whether the cell is a name above numbers, or a short one above texts."""
    if not column or _number(cell) or not NAME.fullmatch(cell):
        return False
    return _share(column, _number) >= MOSTLY or median(len(text.split()) for text in column) >= 4


def _number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None


def _share(column: list[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, column)) / len(column)


def name_columns(cells: Sequence[str], notes: list[str]) -> list[str]:
    """Trim the header; unnamed and repeated columns get a name of their own, and a note says so."""
    names: dict[str, int] = {}
    for number, cell in enumerate(cells, start=1):
        wanted = " ".join(cell.split()) or f"column {number}"
        name, again = wanted, 2
        while name in names:
            name, again = f"{wanted} {again}", again + 1
        if not cell.strip():
            notes.append(f"Column {number} has no name; it is called “{name}”.")
        elif name != wanted:
            notes.append(f"The column name “{wanted}” appears twice; the second is called “{name}”.")
        names[name] = number
    return list(names)
