"""Which documents a newer one of the same name replaces (rows of a .jsonl file: of the same _id).

Called by registering when files come in, and by ingest when they become ready. The old document stays
searchable until then.
"""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from studio.store.tables import Document, Library


def also_named(document: Document) -> list[str]:
    """Other names under which the same content was added."""
    return list(document.receipt.get("also", []))


def in_library(library: Library) -> sa.ColumnElement[bool]:
    return sa.and_(Document.workspace_id == library.workspace_id, Document.library_id == library.id)


def obsolete_files(session: Session, library: Library, keepers: Mapping[str, Document]) -> list[Document]:
    """Documents that have lost their only name to the keeper of that name and can go now.

    One that was read stays until its keeper is; one with another name goes on under that.
    """
    gone = []
    for other in _named(session, library, keepers):
        _set_also(other, [name for name in also_named(other) if keepers.get(name, other) is other])
        keeper = keepers.get(other.name, other)
        if keeper is not other and (keeper.ready_at or not other.ready_at) and not _renamed(other):
            gone.append(other)
    return gone


def replaced_files(
    session: Session, library: Library, ready: Sequence[Document]
) -> dict[int, list[Document]]:
    """For each file that is becoming ready, the older documents that go with that."""
    files = [document for document in ready if document.external_id is None]
    keepers = {name: one for one in files for name in (*also_named(one), one.name)}
    replaced: dict[int, list[Document]] = {}
    for other in _named(session, library, keepers):
        keeper = keepers.get(other.name, other)
        older = other.id < keeper.id or (keeper is not other and other.name != keeper.name)
        if older and not _renamed(other):
            replaced.setdefault(keeper.id, []).append(other)
    return replaced


def replaced_rows(session: Session, library: Library, ready: Sequence[Document]) -> dict[int, list[Document]]:
    """The same for rows."""
    keepers = {one.external_id: one for one in ready if one.external_id is not None}
    if not keepers:
        return {}
    same = sa.select(Document).where(in_library(library), Document.external_id == sa.func.any(list(keepers)))
    replaced: dict[int, list[Document]] = {}
    for other in session.scalars(same):
        keeper = keepers[str(other.external_id)]
        if other.id < keeper.id:
            replaced.setdefault(keeper.id, []).append(other)
    return replaced


def obsolete_rows(session: Session, library: Library, contents: Sequence[str]) -> list[Document]:
    """Rows whose _id now has one of these contents: never read, or replaced by what is ready."""
    keeper = aliased(Document)
    chosen = (
        sa.select(Document)
        .join(keeper, sa.and_(keeper.external_id == Document.external_id, keeper.id != Document.id))
        .where(in_library(library), keeper.workspace_id == library.workspace_id)
        .where(keeper.library_id == library.id, keeper.sha256 == sa.func.any(list(contents)))
        .where(sa.or_(keeper.ready_at.is_not(None), Document.ready_at.is_(None)))
    )
    return list(session.scalars(chosen))


def _named(session: Session, library: Library, names: Iterable[str]) -> list[Document]:
    """Files with one of these names, as their own or as another."""
    wanted = list(names)
    if not wanted:
        return []
    also = Document.receipt["also"].op("?|")(sa.cast(wanted, ARRAY(sa.Text)))
    files = sa.select(Document).where(in_library(library), Document.external_id.is_(None))
    return list(session.scalars(files.where(sa.or_(Document.name == sa.func.any(wanted), also))))


def _renamed(document: Document) -> bool:
    """Whether it could go on under another of its names."""
    also = also_named(document)
    if not also:
        return False
    document.name = also[0]
    _set_also(document, also[1:])
    return True


def _set_also(document: Document, names: list[str]) -> None:
    if names != also_named(document):
        others = {key: value for key, value in document.receipt.items() if key != "also"}
        document.receipt = others | ({"also": names} if names else {})
