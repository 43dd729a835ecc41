"""Tables of libraries: documents, refused files, passages, term counts, the team's test questions."""

from datetime import date, datetime
from typing import Any

from pgvector.sqlalchemy import HALFVEC, SPARSEVEC
from sqlalchemy import ARRAY, REAL, BigInteger, ForeignKeyConstraint, Index, Integer, UniqueConstraint, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from studio.store.tables.table import Owned, Table, one_of, within

TERM_DIMENSIONS = 1_000_000_000
DOCUMENT_STATES = ("waiting", "parsing", "embedding", "ready", "failed")
PASSAGE_KINDS = ("text", "row", "sheet", "summary")


class Library(Owned, Table):
    """Documents embedded with one pinned embedding model.

    `embedding_service` says where and how (empty: the studio's own engine), `next_embedding` describes a
    model that is being built beside it. `search` is how the library is searched and what was measured.
    `vector_index` names the library's own index, where it has one; `terms_through` is the newest passage in
    `term_passages`.
    """

    __tablename__ = "libraries"
    name: Mapped[str]
    embedding_model: Mapped[str]
    embedding_revision: Mapped[str]
    dimension: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(server_default="english")
    dense_weight: Mapped[float] = mapped_column(server_default="0.4")
    answer_threshold: Mapped[float] = mapped_column(server_default="0.25")
    passage_count: Mapped[int] = mapped_column(server_default="0")
    mean_terms: Mapped[float] = mapped_column(server_default="0")
    embedding_service: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    next_embedding: Mapped[dict[str, Any] | None]
    search: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    vector_index: Mapped[str | None]
    terms_through: Mapped[int | None]
    __table_args__ = (UniqueConstraint("workspace_id", "id"), UniqueConstraint("workspace_id", "name"))


class OpenedLibrary(Table):
    """When a library was last opened by a person.

    Apart from the library's row, which is locked while documents become ready.
    """

    __tablename__ = "opened_libraries"
    workspace_id: Mapped[int] = mapped_column()
    library_id: Mapped[int] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (within("library_id", "libraries"),)


class Document(Owned, Table):
    """An uploaded file, or one row of a .jsonl file; searchable when its state is ready.

    `reader` is the version of the parsers and the splitter that read it; `dated` is what the file or a
    person says, for filters.
    """

    __tablename__ = "documents"
    library_id: Mapped[int]
    name: Mapped[str]
    external_id: Mapped[str | None]
    title: Mapped[str] = mapped_column(server_default="")
    media_type: Mapped[str] = mapped_column(server_default="")
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    error: Mapped[str | None]
    receipt: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    summary: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[Any]] = mapped_column(server_default=sql("'[]'"))
    dated: Mapped[date | None]
    reader: Mapped[int] = mapped_column(Integer, server_default="0")
    ready_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("workspace_id", "library_id", "id"),
        UniqueConstraint("workspace_id", "library_id", "sha256"),
        within("library_id", "libraries"),
        one_of("state", DOCUMENT_STATES),
    )


class RefusedFile(Owned, Table):
    """A file that was not taken in, and why; it stays until one of that name is, or somebody dismisses it."""

    __tablename__ = "refused_files"
    library_id: Mapped[int]
    name: Mapped[str]
    reason: Mapped[str]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("library_id", "name"),
        within("library_id", "libraries"),
    )


class Passage(Owned, Table):
    """A retrievable piece of a document with its exact place.

    `embedding`: the library's dimension, L2-normalised. `terms`: dimension = hash of the lexeme,
    value = the term-frequency part of BM25. `fingerprint`: SHA-256 of what was embedded. `next_embedding`:
    the vector of a model that is being built beside. A summary is read with answers but never searched.
    The key to its document is one to its library and workspace too.
    """

    __tablename__ = "passages"
    workspace_id: Mapped[int] = mapped_column()
    library_id: Mapped[int]
    document_id: Mapped[int]
    position: Mapped[int] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str]
    place: Mapped[dict[str, Any]]
    embedding: Mapped[Any] = mapped_column(HALFVEC)
    terms: Mapped[Any] = mapped_column(SPARSEVEC(TERM_DIMENSIONS))
    kind: Mapped[str] = mapped_column(server_default="text")
    fingerprint: Mapped[bytes | None]
    next_embedding: Mapped[Any | None] = mapped_column(HALFVEC)
    __table_args__ = (
        one_of("kind", PASSAGE_KINDS),
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("document_id", "position"),
        ForeignKeyConstraint(
            ["workspace_id", "library_id", "document_id"],
            ["documents.workspace_id", "documents.library_id", "documents.id"],
            ondelete="CASCADE",
        ),
        Index(None, "library_id", "id"),
        Index(None, "library_id", "fingerprint"),
    )


class TermCount(Table):
    """In how many passages of a library a term occurs (the document frequency of BM25).

    Without a key to the library, which was two thirds of the time of counting: the statement that writes
    takes the library from its own table, and a trigger there deletes.
    """

    __tablename__ = "term_counts"
    workspace_id: Mapped[int] = mapped_column()
    library_id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[int] = mapped_column(Integer, primary_key=True)
    passages: Mapped[int] = mapped_column(Integer)


class TermPassages(Table):
    """Of a large library: the passages in which a term weighs most, heaviest first, with its BM25 weights."""

    __tablename__ = "term_passages"
    workspace_id: Mapped[int] = mapped_column()
    library_id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[int] = mapped_column(Integer, primary_key=True)
    passages: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    weights: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    __table_args__ = (within("library_id", "libraries"),)


class TestQuestion(Owned, Table):
    """A question the team asks its library; `documents` names those that answer it."""

    __test__ = False  # not a test of pytest's
    __tablename__ = "test_questions"
    library_id: Mapped[int]
    question: Mapped[str]
    documents: Mapped[list[Any]]
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        UniqueConstraint("library_id", "question"),
        within("library_id", "libraries"),
    )
