"""Documents on their way in: read and split, gathered into groups that are embedded and stored together.

Called by ingest. Reading runs one group ahead of embedding on a thread of its own: the engine that embeds is
another process.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from studio.errors import BadInput, NotFound
from studio.library.answering.planted import warning_of
from studio.library.answering.summaries import summary_of, topics_of
from studio.library.intake.reading import Begin, Wanted, read_documents
from studio.library.intake.storing import SUMMARY, Arrival, arrivals_of
from studio.library.parse import READER_VERSION, ParsedDocument
from studio.library.parse.blocks import SEPARATOR
from studio.library.passages import Piece, split
from studio.library.places import Place
from studio.store.database import Workspace

PASSAGES_PER_GROUP = 512
_SUMMARISED = 200_000  # characters; what a longer document is about stands in its beginning

Item = TypeVar("Item")


@dataclass(frozen=True)
class Read:
    """A document that was read and split, waiting for its vectors; `receipt` is what to add to its own."""

    id: int
    title: str
    summary: str
    language: str
    dated: date | None
    passages: int
    receipt: dict[str, Any]
    reader: int = READER_VERSION


@dataclass
class Group:
    """Documents that become ready together; `arrivals` are their passages in the same order."""

    documents: list[Read] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)


def read_groups(
    room: Workspace,
    wanted: Sequence[Wanted],
    begin: Begin,
    refuse: Callable[[int, str], None],
) -> Iterator[Group]:
    """Read until there is enough to embed at once; `refuse` hears why a document cannot be read."""
    group = Group()
    began = time.perf_counter()
    for one, outcome in read_documents(room, wanted, begin):
        arrivals = _take(group, one, outcome, refuse)
        if arrivals:
            group.documents[-1].receipt["parsing_seconds"] = round(time.perf_counter() - began, 3)
        if len(group.arrivals) >= PASSAGES_PER_GROUP:
            yield group
            group = Group()
        began = time.perf_counter()
    if group.documents:
        yield group


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items; the next one is made on a thread while the caller works with the present one."""
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item


def _take(
    group: Group,
    one: Wanted,
    outcome: ParsedDocument | BadInput | NotFound,
    refuse: Callable[[int, str], None],
) -> int:
    """Into the group, if it can be searched; returns how many passages it has."""
    if not isinstance(outcome, ParsedDocument):
        refuse(one.id, str(outcome))
        return 0
    pieces = split(outcome)
    if not pieces:
        refuse(one.id, f"{one.name} has no text that can be searched.")
        return 0
    read = _read(one.id, outcome, len(pieces))
    group.documents.append(read)
    group.arrivals += arrivals_of(one.id, read.title, pieces)
    if read.summary:
        group.arrivals.append(_summary(read, pieces[-1].place.end))
    return len(pieces)


def _read(document_id: int, parsed: ParsedDocument, passages: int) -> Read:
    text = parsed.text
    said = SEPARATOR.join(block.text for block in parsed.blocks if block.kind != "sheet")
    pages = {} if parsed.pages is None else {"pages": parsed.pages}
    receipt = {
        "characters": parsed.characters,
        "tables": parsed.tables,
        "passages": passages,
        "warnings": [*parsed.warnings, *filter(None, [warning_of(text)])],
    }
    return Read(
        id=document_id,
        title=parsed.title,
        summary=summary_of(parsed.title, said[:_SUMMARISED], topics_of(parsed.blocks)),
        language=parsed.language,
        dated=parsed.dated,
        passages=passages,
        receipt=receipt | pages,
    )


def _summary(read: Read, end: int) -> Arrival:
    piece = Piece(read.summary, (), Place(0, end), -1, SUMMARY)
    return Arrival(read.id, piece, read.summary)
