"""Takes documents out again, with everything made of them. Called by documents, libraries and ingest."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.library.libraries import locked_library
from studio.library.terms import forget_terms
from studio.store.database import Workspace
from studio.store.tables import Document, Passage


def delete_library(room: Workspace, library_id: int) -> None:
    """With its documents, passages and the originals that nothing else uses."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        documents = sa.select(Document).where(
            Document.workspace_id == room.id, Document.library_id == library.id
        )
        originals = {original_of(document) for document in session.scalars(documents)}
        session.delete(library)
    drop_unused_originals(room, originals)


def delete_documents(room: Workspace, document_ids: Sequence[int]) -> None:
    """Those that exist; in one transaction per library."""
    with room.session() as session:
        chosen = sa.select(Document).where(
            Document.workspace_id == room.id, Document.id == sa.func.any(list(document_ids))
        )
        documents = session.scalars(chosen).all()
        originals = {original_of(document) for document in documents}
        for library_id in sorted({document.library_id for document in documents}):
            mine = [document.id for document in documents if document.library_id == library_id]
            remove_documents(session, room, library_id, mine)
    drop_unused_originals(room, originals)


def remove_documents(session: Session, room: Workspace, library_id: int, document_ids: list[int]) -> None:
    """Their rows, passages and term counts; the originals are for the caller to drop after the commit."""
    library = locked_library(session, room, library_id)
    forget_terms(session, library, document_ids)
    of_documents = sa.delete(Passage).where(
        Passage.workspace_id == room.id, Passage.document_id == sa.func.any(document_ids)
    )
    kinds = session.scalars(of_documents.returning(Passage.kind)).all()
    library.passage_count -= sum(kind != "summary" for kind in kinds)
    session.execute(
        sa.delete(Document).where(Document.workspace_id == room.id, Document.id == sa.func.any(document_ids))
    )


def original_of(document: Document) -> str:
    """The blob a document was read from: its own file, or the .jsonl file its row stood in."""
    return str(document.receipt.get("source", {}).get("sha256") or document.sha256)


def drop_unused_originals(room: Workspace, originals: set[str]) -> None:
    """Delete the blobs among these that no document needs any more."""
    source = Document.receipt["source"]["sha256"].astext
    needed = sa.select(sa.func.coalesce(source, Document.sha256)).where(
        Document.workspace_id == room.id, sa.func.coalesce(source, Document.sha256).in_(originals)
    )
    with room.session() as session:
        still_needed = set(session.scalars(needed))
    for sha256 in originals - still_needed:
        room.blobs.drop(sha256)
