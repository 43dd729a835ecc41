"""A place in a text that should not be trained on as it is. Found by contacts, accounts and credentials."""

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """From `start` to before `end`; `what` is what stands there, and in brackets what it is masked by."""

    start: int
    end: int
    what: str


def masked(text: str, spans: Iterable[Span]) -> str:
    """The text with every span replaced by its kind in brackets; of overlapping ones the first, longest."""
    pieces, at = [], 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start >= at:
            pieces += [text[at : span.start], f"[{span.what}]"]
            at = span.end
    return "".join([*pieces, text[at:]])
