"""The job that makes documents searchable: read, split, embed, store. Runs in the worker.

Documents become ready in groups, each group in one transaction; a job that is run again goes on
with the documents that are not ready yet. While one group is stored the next is embedded and the one after
it read.
"""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from studio.jobs.queue import task
from studio.library.answering.summarising import summarise_if_capable
from studio.library.embedding.embedder import embedder_for
from studio.library.finding.vector_index import build_if_large
from studio.library.intake.group_vectors import Work, embedded_groups
from studio.library.intake.groups import Group, ahead, read_groups
from studio.library.intake.making_ready import make_ready
from studio.library.intake.reading import Wanted
from studio.library.intake.states import among, fail, working
from studio.library.intake.storing import reweigh_if_moved
from studio.library.libraries import locked_library
from studio.library.originals import drop_unused_originals, sweep_originals
from studio.library.quality.measuring import measure_if_changed
from studio.store.database import Workspace
from studio.store.tables import Document

INGEST = "ingest"
MOST_TRIES = 3  # of a file whose reading ends the worker each time


def ingest_failed(room: Workspace, sentence: str, *, document_ids: list[int]) -> None:
    """The job gave up: say so on every document it has not finished."""
    fail(room, among(document_ids), sentence)


@task(INGEST, lane="documents", failed=ingest_failed)
def ingest_documents(room: Workspace, *, document_ids: list[int]) -> None:
    """Make these documents searchable; one that cannot be read fails with a sentence of its own."""
    for library_id in _libraries(room, document_ids):
        with room.session() as session:
            library = locked_library(session, room, library_id)
        wanted = _wanted(room, library_id, document_ids)
        originals: set[str] = set()
        if wanted:
            work = Work(room, library, embedder_for(room, library))
            for embedded in ahead(embedded_groups(work, ahead(_groups(room, wanted)))):
                originals |= make_ready(work, embedded)
        _tidy(room, library_id, document_ids, originals)


def _libraries(room: Workspace, document_ids: list[int]) -> list[int]:
    mine = sa.select(Document.library_id).where(Document.workspace_id == room.id, among(document_ids))
    with room.session() as session:
        return list(session.scalars(mine.distinct().order_by(Document.library_id)))


def _wanted(room: Workspace, library_id: int, document_ids: list[int]) -> list[Wanted]:
    chosen = (
        sa.select(Document.id, Document.name, Document.sha256, Document.receipt["source"])
        .where(working(room), among(document_ids), Document.library_id == library_id)
        .order_by(Document.id)
    )
    with room.session() as session:
        return [
            Wanted(document_id, name, sha256)
            if source is None
            else Wanted(document_id, name, source["sha256"], source["name"], source["line"])
            for document_id, name, sha256, source in session.execute(chosen)
        ]


def _tidy(room: Workspace, library_id: int, document_ids: list[int], originals: set[str]) -> None:
    """What follows from all that has changed; done again when a job is run again."""
    with room.session() as session:
        reweigh_if_moved(session, locked_library(session, room, library_id))
        asked = sa.select(sa.func.min(Document.created_at)).where(Document.workspace_id == room.id)
        since = session.scalar(asked.where(among(document_ids)))
    drop_unused_originals(room, originals)
    if since is not None:
        sweep_originals(room, since)
    build_if_large(room, library_id)
    measure_if_changed(room, library_id)
    summarise_if_capable(room, library_id)


def _groups(room: Workspace, wanted: Sequence[Wanted]) -> Iterator[Group]:
    return read_groups(
        room,
        wanted,
        lambda some: _begin(room, some),
        lambda document_id, sentence: fail(room, among([document_id]), sentence),
    )


def _begin(room: Workspace, some: Sequence[Wanted]) -> bool:
    """Note what is being read; no when it is wanted no more, or has ended the worker too often."""
    tries = sa.func.coalesce(Document.receipt["attempts"].as_integer(), 0) + 1
    tried = Document.receipt.op("||")(sa.func.jsonb_build_object("attempts", tries))
    noted = sa.update(Document).where(working(room), among([one.id for one in some]))
    counted = {"receipt": tried} if len(some) == 1 else {}
    with room.session() as session:
        session.execute(sa.text("SET LOCAL synchronous_commit TO off"))
        begun = noted.values(state="parsing", **counted).returning(Document.receipt["attempts"].as_integer())
        attempts = session.scalars(begun).all()
    if len(attempts) == 1 and (attempts[0] or 0) > MOST_TRIES:
        fail(
            room,
            among([some[0].id]),
            f"Reading {some[0].name} ended the worker {MOST_TRIES} times. Save it anew from the program it "
            "was made with, or split it, and add that.",
        )
        return False
    return bool(attempts)
