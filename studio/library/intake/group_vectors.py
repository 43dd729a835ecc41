"""Gives the passages of a group their vectors: known ones from the library, new ones from the embedder.

Called by ingest. No text of a library is embedded twice by the same model.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from studio.library.embedding.embedder import Embedder
from studio.library.intake.exchanging import Fingerprint, known_vectors
from studio.library.intake.groups import Group
from studio.library.intake.states import among, working
from studio.library.intake.storing import SUMMARY
from studio.store.database import Workspace
from studio.store.tables import Document, Library

TEXTS_PER_SLICE = 128  # embedded between two looks at whether they are still wanted
SECONDS_BETWEEN_REPORTS = 1.0

_Known = dict[Fingerprint, NDArray[np.float16]]

_PROGRESS = sa.text(
    """
    UPDATE documents SET state = 'embedding', receipt = (documents.receipt - 'waits_for') || given.receipt
    FROM unnest(CAST(:ids AS bigint[]), CAST(:receipts AS jsonb[])) AS given (id, receipt)
    WHERE documents.id = given.id AND workspace_id = :workspace
        AND state IN ('waiting', 'parsing', 'embedding')
    RETURNING documents.id
    """
)


@dataclass(frozen=True)
class Work:
    """One library's part of a job."""

    room: Workspace
    library: Library
    embedder: Embedder


@dataclass(frozen=True)
class Embedded:
    """A group with the vectors of its arrivals, and the seconds that took."""

    group: Group
    vectors: NDArray[np.float16]
    seconds: float


def embedded_groups(work: Work, groups: Iterator[Group]) -> Iterator[Embedded]:
    """Groups with their vectors; those nobody waits for any more are left out."""
    last: _Known = {}
    for group in groups:
        began = time.perf_counter()
        prints = [arrival.fingerprint for arrival in group.arrivals]
        with work.room.session() as session:
            # the group before may not be stored yet
            known = last | known_vectors(session, work.library, prints)
        wanted = _not_embedded(group, prints, known)
        last = _embed(work, group, prints, wanted)
        if len(last) == len(wanted):
            vectors = _in_order(work.library, group, prints, known | last)
            yield Embedded(group, vectors, time.perf_counter() - began)


def _not_embedded(group: Group, prints: Sequence[Fingerprint], known: _Known) -> list[int]:
    """Which arrivals have a text that has no vector yet; of equal ones the first."""
    first: dict[Fingerprint, int] = {}
    for index, arrival in enumerate(group.arrivals):
        if arrival.kind != SUMMARY and prints[index] not in known:
            first.setdefault(prints[index], index)
    return list(first.values())


def _embed(work: Work, group: Group, prints: Sequence[Fingerprint], wanted: Sequence[int]) -> _Known:
    """New vectors; says how far it is, and stops early when nobody waits for the group any more."""
    made: _Known = {}
    began = reported = time.monotonic()
    still = _report(work.room, group, wanted, 0.0)
    for at in range(0, len(wanted), TEXTS_PER_SLICE):
        if not still:
            return {}
        part = wanted[at : at + TEXTS_PER_SLICE]
        texts = [group.arrivals[index].searchable for index in part]
        owners = [group.arrivals[index].document_id for index in part]
        vectors = work.embedder.embed_passages(texts, owners, lambda why: _say(work.room, group, why))
        # as exact as they are stored; of a long document there are many
        made.update(zip((prints[index] for index in part), vectors.astype(np.float16), strict=True))
        if time.monotonic() - reported > SECONDS_BETWEEN_REPORTS:
            reported = time.monotonic()
            each = (reported - began) / (at + len(part))
            still = _report(work.room, group, wanted[at + len(part) :], each)
    return made


def _in_order(
    library: Library,
    group: Group,
    prints: Sequence[Fingerprint],
    known: _Known,
) -> NDArray[np.float16]:
    """Shape (arrivals, dimension); a summary is never searched and has zeros."""
    vectors = np.zeros((len(group.arrivals), library.dimension), np.float16)
    for index, arrival in enumerate(group.arrivals):
        if arrival.kind != SUMMARY:
            vectors[index] = known[prints[index]]
    return vectors


def _report(room: Workspace, group: Group, left: Sequence[int], each: float) -> bool:
    """Note how many passages of each document have their vector, at `each` seconds for one.

    False when nobody waits for the group any more.
    """
    waiting = Counter(group.arrivals[index].document_id for index in left)
    receipts = []
    for one in group.documents:
        embedded = one.passages - waiting[one.id]
        known = {"embedding_seconds": round(embedded * each, 3)} if each else {}
        receipts.append(one.receipt | {"embedded": embedded} | known)
    with room.session() as session:
        session.execute(sa.text("SET LOCAL synchronous_commit TO off"))
        changed = session.execute(
            _PROGRESS,
            {
                "workspace": room.id,
                "ids": [one.id for one in group.documents],
                "receipts": [json.dumps(receipt) for receipt in receipts],
            },
        )
        return bool(changed.all())


def _say(room: Workspace, group: Group, why: str) -> None:
    """What the documents wait for; the next report of progress takes it away."""
    said = Document.receipt.op("||")(sa.func.jsonb_build_object("waits_for", why))
    mine = sa.update(Document).where(working(room), among([one.id for one in group.documents]))
    with room.session() as session:
        session.execute(mine.values(receipt=said))
