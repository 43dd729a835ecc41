"""Two wordings of a text, with the words that differ marked. Used by the diff of versions."""

import re
from difflib import SequenceMatcher

from studio.web.parts.safe_text import escaped

MOST_WORDS = 1_500  # comparing is quadratic; longer texts are shown whole without marks
_WORDS = re.compile(r"\s+|[^\W_]+|[\W_]")
Piece = tuple[str, bool]  # the text, and whether only this side has it


def differing_words(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts cut into what they share and what only one has; nothing of either is lost."""
    left, right = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(left), len(right)) > MOST_WORDS:
        return [(before, False)], [(after, False)]
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    ours: list[Piece] = []
    theirs: list[Piece] = []
    for at, (what, start, end, other_start, other_end) in enumerate(steps):
        # a blank between two words that differ is no more shared than they are
        between = 0 < at < len(steps) - 1 and not "".join(left[start:end]).strip()
        _add(ours, left[start:end], what != "equal" or between)
        _add(theirs, right[other_start:other_end], what != "equal" or between)
    return ours, theirs


def changes_marked(before: str, after: str) -> tuple[str, str]:
    """Markdown of both: red and struck is gone, green and bold is new."""
    ours, theirs = differing_words(before, after)
    return _marked(ours, "red", "~~"), _marked(theirs, "green", "**")


def _add(pieces: list[Piece], words: list[str], differs: bool) -> None:
    """Joined to the last piece where both are shared, or both differ."""
    text = "".join(words)
    if pieces and pieces[-1][1] == differs:
        text = pieces.pop()[0] + text
    if text:
        pieces.append((text, differs))


def _marked(pieces: list[Piece], colour: str, mark: str) -> str:
    return "".join(_lines(text, colour if differs else None, mark) for text, differs in pieces)


def _lines(text: str, colour: str | None, mark: str) -> str:
    """Line by line, because coloured text ends with its line."""
    return "  \n".join(_line(line, colour, mark) for line in text.split("\n"))


def _line(line: str, colour: str | None, mark: str) -> str:
    before = " " if line[:1].isspace() else ""
    after = " " if line[-1:].isspace() and line.strip() else ""
    text = escaped(line)
    if not text:
        return " " if line else ""
    return f"{before}:{colour}-background[{mark}{text}{mark}]{after}" if colour else f"{before}{text}{after}"
