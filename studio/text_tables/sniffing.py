"""Which delimiter and quotes a text table uses, found out from its beginning. Called by readers of tables."""

import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from studio.errors import BadInput
from studio.text_tables.dialect import CURLY_MARK, LONE_RETURN, Dialect, unwrapped

DELIMITERS = (",", ";", "\t", "|")
# hardly ever part of a text: they go before a usual one that is followed by blanks, as commas in prose are
RARE = ("^", "~", "¦", "§", "\x01", "\x1e", "\x1f")
# what sentences, addresses, sums and names are written with separates no columns unless a person says so
PROSE = frozenset(".,;:?!'\"()[]{}<>-–—/\\%&@_$€£`´“”„‘’‚«»…¿¡|\t ")
SAMPLE = 1 << 19  # characters
SAMPLE_RECORDS = 200
DECLARED = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
RULE = re.compile(r"\s*\|?(\s*:?-+:?\s*\|)+(\s*:?-+:?)?\s*")
RULE_LINES = 12
# lines such as “# exported in May” above a table
COMMENTS = re.compile(r"(?:#+(?:[ \t][^\r\n]*)?(?:\r\n|\r|\n))+")
SINGLE_QUOTED = re.compile(r"'.*'", re.DOTALL)
# quotes of word processors and of many languages
CURLY = ("“”", "„“", "„”", "””", "«»", "»«")
EVEN_ENOUGH = 0.9


def is_plain(text: str) -> bool:
    """Whether no delimiter cuts the text into records of one width: it is no table then."""
    return _evenness(text, sniff(text)) < (EVEN_ENOUGH, 0)


def is_like_prose(text: str, found: Dialect) -> bool:
    """Whether cells are parted as clauses of sentences are: a blank after each comma, and no quotes."""
    return found.delimiter in ",;" and not found.blank_after and _is_spaced(text, found.delimiter)


def first_row(text: str, found: Dialect) -> list[str]:
    """The cells of the first row that is not blank."""
    return next(iter(_sample(text, found)), [])


def sniff(text: str, wanted: str | None = None) -> Dialect:
    """Take the delimiter that gives most records the same width above one; the comma wins ties.

    `text` is the beginning of a file, up to a line's end. Excel may declare the delimiter in a first line
    like "sep=;", which is no part of the table; `wanted` is what a person says.
    """
    declared = DECLARED.match(text)
    text = _below_comments(text[declared.end() :] if declared else text)
    given = _allowed(wanted) if wanted else declared[1] if declared else None
    found = _quoted(text, (given,) if given else None)
    if found.delimiter == "|" and any(map(RULE.fullmatch, text.splitlines()[:RULE_LINES])):
        return Dialect("|", quote="", declared=declared is not None, ruled=True)
    found = replace(found, blank_after=_blank_after(text, found), declared=declared is not None)
    return (None if given else _unwrapped(text, found)) or _with_returns(text, found)


def _below_comments(text: str) -> str:
    """Without the comments that it begins with, unless there is nothing else."""
    comments = COMMENTS.match(text)
    return text[comments.end() :] or text if comments else text


def _unwrapped(text: str, found: Dialect) -> Dialect | None:
    """The dialect below quotes around whole lines, if only that makes a table; clauses of prose make none."""
    if found.quote != '"' or not text.startswith('"') or _evenness(text, found) >= (EVEN_ENOUGH, 0):
        return None
    inner = "".join(map(unwrapped, text.splitlines(keepends=True)))
    if inner == text or _evenness(inner, below := _quoted(inner, None)) < (1.0, 0):
        return None
    return (
        None if _is_spaced(inner, below.delimiter) else replace(below, declared=found.declared, wrapped=True)
    )


def _with_returns(text: str, found: Dialect) -> Dialect:
    """Carriage returns are parts of cells where rows that end at line feeds alone are more even."""
    other = replace(found, returns=True)
    mixed = "\n" in text and LONE_RETURN.search(text) is not None
    return other if mixed and _evenness(text, other)[0] > _evenness(text, found)[0] else found


def _allowed(wanted: str) -> str:
    if len(wanted) == 1 and wanted not in "\"'\r\n\0":
        return wanted
    raise BadInput(f"“{wanted}” cannot separate columns: give one character, such as a semicolon.")


def _quoted(text: str, given: tuple[str, ...] | None) -> Dialect:
    """Apostrophes enclose cells only where all records are even then, and uneven or all enclosed before."""
    found = _likeliest(text, '"', given)
    single = _likeliest(text, "'", given)
    if _evenness(text, single) >= (1.0, 0) and (
        _evenness(text, found) < (1.0, 0) or _starts_single_quoted(text, found)
    ):
        return single
    return _curly(text, found) or found


def _curly(text: str, found: Dialect) -> Dialect | None:
    """The same for quotes that open and close."""
    for marks in CURLY:
        start = text.lstrip("\ufeff").startswith(marks[0])
        if marks[0] not in text or not (start or _evenness(text, found) < (1.0, 0)):
            continue
        for delimiter in dict.fromkeys((found.delimiter, *DELIMITERS)):
            tried = Dialect(delimiter, CURLY_MARK, curly=marks)
            if _evenness(text, tried) >= (1.0, 0) and _encloses(text, tried):
                return tried
    return None


def _encloses(text: str, dialect: Dialect) -> bool:
    """Whether a cell that is enclosed holds the delimiter, or the first row has enclosed cells alone."""
    rows = _sample(text, dialect)
    lines = [dialect.straight(line) for line in text.splitlines(keepends=True)[:1]]
    whole = all(line.count(CURLY_MARK) == 2 * len(rows[0]) for line in lines)
    return whole or any(dialect.delimiter in cell for cells in rows for cell in cells)


def _likeliest(text: str, quote: str, given: tuple[str, ...] | None) -> Dialect:
    if given:
        return Dialect(given[0], quote)
    best = _most_even(text, quote, DELIMITERS) or Dialect(quote=quote)
    if _evenness(text, best) >= (EVEN_ENOUGH, 0):
        if not _is_spaced(text, best.delimiter):
            return best
        tried: Iterable[str] = RARE if best.delimiter in text.partition("\n")[0] else _punctuation(text)
    else:
        tried = _punctuation(text)
    other = _most_even(text, quote, tried)
    return other if other and _separates(text, other) else best


def _most_even(text: str, quote: str, delimiters: Iterable[str]) -> Dialect | None:
    """Of delimiters that cut evenly alike, those of prose, with a blank after each, come last."""
    dialects = [Dialect(delimiter, quote) for delimiter in delimiters]
    found = [(dialect, _evenness(text, dialect)) for dialect in dialects]
    even = [(dialect, share, width) for dialect, (share, width) in found if share]
    if not even:
        return None
    return max(
        even,
        key=lambda one: (
            not _cuts_cells(text, one[0]),
            one[1],
            not _is_spaced(text, one[0].delimiter),
            one[2],
        ),
    )[0]


def _cuts_cells(text: str, dialect: Dialect) -> bool:
    """Whether it parts no first row, and stands within what quotes beside another delimiter hold."""
    first, *rows = _sample(text, dialect) or [[]]
    around = "".join(re.escape(one) for one in DELIMITERS if one != dialect.delimiter)
    enclosed = re.compile(rf"[{around}]{dialect.quote}|{dialect.quote}[{around}]")
    cut = sum(any(map(enclosed.search, cells)) for cells in rows)
    return len(first) < 2 and 2 * cut > len(rows)


def _punctuation(text: str) -> list[str]:
    """Signs of the first line that could separate its columns."""
    return [sign for sign in dict.fromkeys(text.partition("\n")[0]) if _is_sign(sign)]


def _is_sign(sign: str) -> bool:
    return sign in RARE or not (sign.isalnum() or sign.isspace() or sign in PROSE)


def _separates(text: str, dialect: Dialect) -> bool:
    """Whether nearly all records have one width and something before and behind the delimiter."""
    rows = _sample(text, dialect)
    ended = sum(bool(cells[0].strip() and cells[-1].strip()) for cells in rows)
    return _evenness(text, dialect) >= (EVEN_ENOUGH, 0) and ended >= EVEN_ENOUGH * len(rows)


def _is_spaced(text: str, delimiter: str) -> bool:
    """Whether a blank follows nearly every one of them."""
    return text.count(f"{delimiter} ") >= EVEN_ENOUGH * text.count(delimiter)


def _evenness(text: str, dialect: Dialect) -> tuple[float, int]:
    """The share of records that have the most frequent width above one, and that width."""
    if dialect.delimiter not in text:
        return (0.0, 0)
    widths = Counter(len(cells) for cells in _sample(text, dialect))
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return (0.0, 0)
    return (max(wide.values()) / widths.total(), max(wide, key=wide.__getitem__))


def _sample(text: str, dialect: Dialect) -> list[list[str]]:
    reader = dialect.reader(iter(io.StringIO(text, newline=dialect.newline)), strict=False)
    found = list(islice(reader, SAMPLE_RECORDS))
    cut = len(text) >= SAMPLE and 1 < len(found) < SAMPLE_RECORDS
    return [cells for cells in (found[:-1] if cut else found) if cells]


def _blank_after(text: str, found: Dialect) -> bool:
    """Whether there are blanks between a delimiter and the quote that opens a cell."""
    kept, skipped = _sample(text, found), _sample(text, replace(found, blank_after=True))
    cells = [pair for rows in zip(kept, skipped, strict=False) for pair in zip(*rows, strict=False)]
    return any(cell != other and cell.lstrip(" ").startswith(found.quote) for cell, other in cells)


def _starts_single_quoted(text: str, found: Dialect) -> bool:
    cells = [cell for row in _sample(text, found)[:1] for cell in row]
    return bool(cells) and all(map(SINGLE_QUOTED.fullmatch, cells))
