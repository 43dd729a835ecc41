"""The exact place of a passage in its document: recorded when the file is read, never searched for again.

Written by the parsers, kept with each passage, read by citations and the source viewer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Box = tuple[int, float, float, float, float]


@dataclass(frozen=True)
class Place:
    """`start` and `end` are characters in the document's plain text (`ParsedDocument.text`).

    `page` and `row` count from 1; `row` is the line number shown by a spreadsheet program.
    `boxes` are (page, left, bottom, right, top) in PDF points, origin at the page's lower left corner; where
    each is a printed line, `starts` says with which character after `start` it begins.
    """

    start: int
    end: int
    page: int | None = None
    sheet: str | None = None
    row: int | None = None
    boxes: tuple[Box, ...] = ()
    starts: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Only what is known, so that the column stays small."""
        return {key: value for key, value in vars(self).items() if value not in (None, ())}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Place":
        boxes = tuple((int(page), *map(float, box)) for page, *box in stored.get("boxes", ()))
        return cls(**{**stored, "boxes": boxes, "starts": tuple(stored.get("starts", ()))})

    def boxes_of(self, ranges: Sequence[tuple[int, int]]) -> tuple[Box, ...]:
        """The printed lines that hold characters of these ranges, which count from `start`."""
        ends = (*self.starts[1:], self.end - self.start)
        lines = zip(self.boxes, self.starts, ends, strict=True) if self.starts else ()
        return tuple(
            box for box, begin, end in lines if any(first < end and last > begin for first, last in ranges)
        )


def place_label(place: Place, heading: tuple[str, ...] = ()) -> str:
    """The place in words: "page 12", "row 4 of sheet Prices", "section Cleaning > Filters"."""
    if place.page is not None:
        last = max((box[0] for box in place.boxes), default=place.page)
        return f"pages {place.page}–{last}" if last > place.page else f"page {place.page}"
    if place.row is not None:
        return f"row {place.row} of sheet {place.sheet}" if place.sheet else f"row {place.row}"
    if place.sheet:
        return f"sheet {place.sheet}"
    if heading:
        return f"section {' > '.join(heading)}"
    return "start of the document" if place.start == 0 else f"from character {place.start + 1:,}"
