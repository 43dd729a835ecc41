"""Reads stored documents back from their originals, one after the other. Called by the ingest job."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from studio.errors import BadInput, NotFound
from studio.library.originals import original_of
from studio.library.parse import jsonl, parse_file
from studio.library.parse.blocks import ParsedDocument
from studio.store.database import Workspace
from studio.store.tables import Document

Outcome = ParsedDocument | BadInput | NotFound


def read_documents(room: Workspace, documents: Sequence[Document]) -> Iterator[tuple[Document, Outcome]]:
    """Each document with what is in it, or with the reason why it cannot be read."""
    for original, sharing in groupby(documents, key=original_of):
        together = list(sharing)
        if "source" in together[0].receipt:
            yield from _read_rows(room, original, together)
        else:
            yield from ((document, _read_file(room, document)) for document in together)


def _read_file(room: Workspace, document: Document) -> Outcome:
    try:
        return parse_file(room.blobs.path(document.sha256), document.name)
    except (BadInput, NotFound) as problem:
        return problem


def _read_rows(
    room: Workspace, original: str, documents: Sequence[Document]
) -> Iterator[tuple[Document, Outcome]]:
    """The wanted rows of a .jsonl file in one pass over it."""
    by_line = {document.receipt["source"]["line"]: document for document in documents}
    try:
        path = room.blobs.path(original)
    except NotFound as problem:
        yield from ((document, problem) for document in documents)
        return
    for row in jsonl.read_rows(path, documents[0].receipt["source"]["name"]):
        if row.line in by_line:
            yield by_line[row.line], _read_row(row)


def _read_row(row: jsonl.Row) -> Outcome:
    try:
        return jsonl.parse_row(row)
    except BadInput as problem:
        return problem
