"""Makes text from models, documents and people safe to show as Markdown: no images, links, HTML or styles.

Streamlit already drops HTML, but its Markdown would load images and make links of foreign text.
"""

import re
from collections.abc import Iterable, Mapping

# Left alone: letters, digits, spaces, * (emphasis), - and digits with a dot (lists).
_MARKUP = re.compile(r"([\\`\[\]<>&$!:~|#_{}^=])")
_ALL_MARKUP = re.compile(r"([\\`\[\]<>&$!:~|#_{}^=*+\-.()])")
# Streamlit makes links of bare addresses even when they are escaped; inside a code span it does not.
_ADDRESS = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]*://|www\.)[^\s`]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CITATION = re.compile(r"\\\[(\d{1,3})\\\]")


def escaped(text: str) -> str:
    """Exactly these characters on the page, on one line, usable inside labels and coloured text."""
    return _outside_addresses(" ".join(text.split()), _ALL_MARKUP)


def with_code(text: str) -> str:
    """`escaped`, in which what stands between backticks is shown as code."""
    pieces = text.split("`")
    return "".join(
        f"`{piece}`" if index % 2 else _spaced(piece) for index, piece in enumerate(pieces) if piece
    )


def prose(text: str) -> str:
    """Text of a model: paragraphs, lists and emphasis stay, everything else is shown literally."""
    return "\n".join(_outside_addresses(line, _MARKUP) for line in map(_unruled, text.split("\n")))


def _unruled(line: str) -> str:
    """Without what would make a rule, a heading of the line above or a block of code."""
    return "" if re.fullmatch(r"[\s*+-]*", line) else re.sub(r"^( {4}|\t)\s*", "", line)


def with_citations(text: str, passages: Mapping[int, int]) -> str:
    """`prose` in which [n] links to the passage of that number; unknown numbers stay plain text."""

    def link(match: re.Match[str]) -> str:
        passage = passages.get(int(match[1]))
        return match[0] if passage is None else f"[\\[{match[1]}\\]](/passage?id={passage})"

    return _CITATION.sub(link, prose(text))


def marked(text: str, parts: Iterable[str] = ()) -> str:
    """Text of a document line by line; with `parts`, those are marked, without, every line is."""
    wanted = [part for part in parts if part.strip()]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return "  \n".join(_marked_line(line, wanted) for line in lines)


def _marked_line(line: str, parts: list[str]) -> str:
    if not parts:
        return f":yellow-background[{escaped(line)}]"
    pattern = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
    pieces = re.split(f"({pattern})", line)
    return "".join(
        f":yellow-background[{escaped(piece)}]" if index % 2 else _spaced(piece)
        for index, piece in enumerate(pieces)
        if piece
    )


def _spaced(piece: str) -> str:
    """`escaped`, keeping one blank at each end where there was one."""
    return " " * piece[:1].isspace() + escaped(piece) + " " * (piece[-1:].isspace() and len(piece) > 1)


def _outside_addresses(text: str, markup: re.Pattern[str]) -> str:
    pieces, end = [], 0
    for match in _ADDRESS.finditer(text):
        pieces += [markup.sub(r"\\\1", text[end : match.start()]), f"`{match[0]}`"]
        end = match.end()
    return "".join([*pieces, markup.sub(r"\\\1", text[end:])])
