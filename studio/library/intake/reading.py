"""Reads stored documents back from their originals, one after the other. Called by the ingest job."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from studio.errors import BadInput, NotFound
from studio.library.intake.states import among
from studio.library.parse import jsonl, parse_file
from studio.library.parse.blocks import ParsedDocument
from studio.store.database import Workspace
from studio.store.tables import Document


@dataclass(frozen=True)
class Wanted:
    """A document that is to be read: a stored file, or the line `line` of one called `source`."""

    id: int
    name: str
    original: str
    source: str | None = None
    line: int = 0


Outcome = ParsedDocument | BadInput | NotFound
Begin = Callable[[Sequence[Wanted]], bool]


def read_documents(
    room: Workspace, wanted: Sequence[Wanted], begin: Begin
) -> Iterator[tuple[Wanted, Outcome]]:
    """Each document with what is in it, or with the reason why it cannot be read.

    `begin` is told what is read next and may say no; the rows of one file are read together.
    """
    for original, sharing in groupby(wanted, key=lambda one: one.original):
        together = list(sharing)
        if together[0].source is None:
            yield from ((one, _read_file(room, one)) for one in together if begin([one]))
        elif begin(together):
            yield from _read_rows(room, original, together)


def _read_file(room: Workspace, wanted: Wanted) -> Outcome:
    try:
        return parse_file(room.blobs.path(wanted.original), wanted.name)
    except (BadInput, NotFound) as problem:
        return problem


def _read_rows(room: Workspace, original: str, wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, Outcome]]:
    """The wanted rows of a .jsonl file in one pass over it."""
    by_line = {one.line: one for one in wanted}
    try:
        for row in _rows(room, original, wanted):
            if row.line in by_line:
                yield by_line.pop(row.line), _read_row(row)
    except (BadInput, NotFound) as problem:
        yield from ((one, problem) for one in by_line.values())
        return
    gone = NotFound("This row is no longer in the original. Add the file again.")
    yield from ((one, gone) for one in by_line.values())


def _rows(room: Workspace, original: str, wanted: Sequence[Wanted]) -> Iterator[jsonl.Row]:
    """Every row of the file, also where it was stored anew because other rows of it were deleted."""
    name = wanted[0].source or wanted[0].name
    while True:
        try:
            yield from jsonl.read_rows(room.blobs.path(original), name)
            return
        except (NotFound, FileNotFoundError):
            newer = _original_now(room, wanted)
            if newer in (None, original):
                raise NotFound("The original of this document is no longer stored.") from None
            original = str(newer)


def _original_now(room: Workspace, wanted: Sequence[Wanted]) -> str | None:
    """Where the rows that are still wanted stand now; the numbers of their lines never change."""
    source = Document.receipt["source"]["sha256"].astext
    mine = sa.select(source).where(Document.workspace_id == room.id, among([one.id for one in wanted]))
    with room.session() as session:
        return session.scalar(mine.limit(1))


def _read_row(row: jsonl.Row) -> Outcome:
    try:
        return jsonl.parse_row(row)
    except BadInput as problem:
        return problem
