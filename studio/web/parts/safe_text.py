"""Makes text from models, documents and people safe to show as Markdown: no images, links, HTML or styles.

Streamlit already drops HTML, but its Markdown would load images and make links of foreign text.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

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


def with_citations(text: str, sources: Mapping[int, str]) -> str:
    """`prose` in which [n] links to the address of that number; unknown numbers stay plain text."""

    def link(match: re.Match[str]) -> str:
        address = sources.get(int(match[1]))
        return match[0] if address is None else f"[\\[{match[1]}\\]]({address})"

    return _CITATION.sub(link, prose(text))


def marked(text: str, stronger: Sequence[tuple[int, int]] = ()) -> str:
    """Text of a document line by line, all of it marked; `stronger` are ranges of characters, in order."""
    ends = sorted({0, len(text), *(end for part in stronger for end in part)})
    pieces = [
        (text[start:end], any(first <= start and end <= last for first, last in stronger))
        for start, end in pairwise(ends)
    ]
    lines = "".join(
        "\n".join(_marked_piece(line, strong, not stronger) for line in piece.split("\n"))
        for piece, strong in pieces
    )
    return "  \n".join(line.strip() for line in lines.split("\n") if line.strip())


def _marked_piece(piece: str, strong: bool, alone: bool) -> str:
    """Grey beside what is marked more strongly; in the dark theme orange would be weaker than yellow.

    Blanks at its ends stay outside: emphasis must not begin or end with one.
    """
    said = escaped(piece)
    if not said:
        return " " * bool(piece)
    colour = "yellow" if strong or alone else "gray"
    mark = f":{colour}-background[{f'**{said}**' if strong else said}]"
    return " " * piece[0].isspace() + mark + " " * piece[-1].isspace()


def _spaced(piece: str) -> str:
    """`escaped`, keeping one blank at each end where there was one."""
    return " " * piece[:1].isspace() + escaped(piece) + " " * (piece[-1:].isspace() and len(piece) > 1)


def _outside_addresses(text: str, markup: re.Pattern[str]) -> str:
    pieces, end = [], 0
    for match in _ADDRESS.finditer(text):
        pieces += [markup.sub(r"\\\1", text[end : match.start()]), f"`{match[0]}`"]
        end = match.end()
    return "".join([*pieces, markup.sub(r"\\\1", text[end:])])
