"""Takes documents out again, with everything made of them. Called by documents, libraries and ingest."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.library.finding.terms import forget_terms
from studio.library.finding.vector_index import drop_vector_index
from studio.library.libraries import locked_library
from studio.library.originals import drop_unused_originals, original_of
from studio.store.database import Workspace
from studio.store.tables import Document, Library, Passage


def delete_library(room: Workspace, library_id: int) -> None:
    """With its documents, passages, its index and the originals that nothing else uses."""
    drop_vector_index(room, library_id)
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
        documents = session.scalars(chosen.order_by(Document.id).with_for_update()).all()
        originals = {original_of(document) for document in documents}
        for library_id in sorted({document.library_id for document in documents}):
            library = locked_library(session, room, library_id)
            remove_documents(session, library, [one.id for one in documents if one.library_id == library_id])
    drop_unused_originals(room, originals)


def remove_documents(session: Session, library: Library, document_ids: Sequence[int]) -> None:
    """Their rows, passages and term counts; the library's row must be locked.

    The originals are for the caller to drop after the commit.
    """
    if not document_ids:
        return
    mine = sa.select(Passage.id).where(
        Passage.workspace_id == library.workspace_id, Passage.document_id == sa.func.any(list(document_ids))
    )
    remove_passages(session, library, session.scalars(mine).all())
    session.execute(
        sa.delete(Document).where(
            Document.workspace_id == library.workspace_id, Document.id == sa.func.any(list(document_ids))
        )
    )


def remove_passages(session: Session, library: Library, passage_ids: Sequence[int]) -> None:
    """Passages with what they counted; the library's row must be locked."""
    if not passage_ids:
        return
    forget_terms(session, library, passage_ids)
    gone = sa.delete(Passage).where(
        Passage.workspace_id == library.workspace_id, Passage.id == sa.func.any(list(passage_ids))
    )
    kinds = session.scalars(gone.returning(Passage.kind)).all()
    library.passage_count -= sum(kind != "summary" for kind in kinds)
