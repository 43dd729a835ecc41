"""Writes down in which passages of a large library each term weighs most. Called by vector_index's job.

PostgreSQL has no index for the best inner products of sparse vectors that misses little (HNSW missed a
tenth), and its index for arrays is not used under row-level security; a list per term needs only a b-tree.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from studio.library.finding.scoring import word_reach
from studio.store.tables import Library, TermPassages

_READ = """
    COPY (
        SELECT id, terms FROM passages
        WHERE workspace_id = {workspace} AND library_id = {library} AND kind <> 'summary'
        ORDER BY id
    ) TO STDOUT (FORMAT BINARY)
"""
_STAGING = """
    CREATE TEMPORARY TABLE heaviest (term int, passages bigint[], weights real[]) ON COMMIT DROP
"""
_WRITE = "COPY heaviest FROM STDIN (FORMAT BINARY)"
_KEEP = sa.text(
    """
    INSERT INTO term_passages (workspace_id, library_id, term, passages, weights)
    SELECT :workspace, :library, * FROM heaviest
    """
)


def write_term_passages(session: Session, library: Library) -> None:
    """Replace the library's lists; its row must be locked, so that no passage arrives meanwhile."""
    ids, owners, terms, weights = _read(session, library)
    here = TermPassages.workspace_id == library.workspace_id, TermPassages.library_id == library.id
    session.execute(sa.delete(TermPassages).where(*here))
    session.execute(sa.text(_STAGING))
    with _cursor(session) as cursor, cursor.copy(_WRITE) as copy:
        copy.set_types(["int4", "int8[]", "float4[]"])
        for term, chosen in _by_term(terms, weights, word_reach(len(ids))):
            copy.write_row((term, ids[owners[chosen]].tolist(), weights[chosen].tolist()))
    session.execute(_KEEP, {"workspace": library.workspace_id, "library": library.id})
    library.terms_through = int(ids.max()) if len(ids) else 0


def _by_term(
    terms: NDArray[np.int32], weights: NDArray[np.float32], most: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Each term with the places of its heaviest weights, at most so many, heaviest first."""
    order = np.lexsort((-weights, terms))
    starts = np.flatnonzero(np.diff(terms[order], prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        yield int(terms[order[start]]), order[start : min(end, start + most)]


def _read(
    session: Session, library: Library
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Ids of passages; then for every weight its passage (a place in ids), its term and itself."""
    ids, counts = [], []
    terms: list[NDArray[np.int32]] = []
    weights: list[NDArray[np.float32]] = []
    read = _READ.format(workspace=int(library.workspace_id), library=int(library.id))
    with _cursor(session) as cursor, cursor.copy(read) as copy:
        copy.set_types(["int8", "sparsevec"])
        for passage, vector in copy.rows():
            ids.append(passage)
            counts.append(len(vector.indices()))
            terms.append(np.array(vector.indices(), np.int32) + 1)
            weights.append(np.array(vector.values(), np.float32))
    owners = np.repeat(np.arange(len(ids), dtype=np.int32), counts)
    return np.array(ids, np.int64), owners, np.concatenate(terms), np.concatenate(weights)


def _cursor(session: Session) -> Any:
    connection: Any = session.connection().connection.driver_connection
    return connection.cursor()
