"""Searching libraries beside the same peers: one library of many passages, and one workspace among many.

Called by bench/library.py. Every question is asked once a turn; ours and theirs take turns.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import sqlalchemy as sa

from bench import passages
from bench.corpus import Corpus, nearest, recall
from bench.peers import Peers
from bench.rooms import as_owner
from bench.rows import Row, figure, less_is_better, more_is_better
from bench.search import fused_in_python
from bench.sizes import Sizes
from studio.library.finding import vector_index
from studio.library.finding.search import SearchOptions, find_passages
from studio.library.intake.storing import store_passages
from studio.store.database import Workspace
from studio.store.tables import Library, Passage

ROOMS = 100
THREADS = 4
LIMIT = 10
FASTEST = 5  # percent of questions, for which a busy machine had time
WIDTHS = (10, 20, 40, 60, 80, 100, 150, 200, 400, 800)
ENOUGH = 0.99  # recall wanted of a search in one workspace among many
BY_MEANING = SearchOptions(dense_weight=1.0)
PEERS = ("llama-index", "langchain")


@dataclass(frozen=True)
class Answers:
    """One question after the other: milliseconds of each, the passages found (as numbers of the corpus)."""

    milliseconds: list[float]
    found: list[list[int]]
    seconds: float

    def at(self, percent: float) -> float:
        return float(np.percentile(self.milliseconds, percent))


Search = Callable[[int], Answers]  # takes the number of threads


def in_one_library(room: Workspace, corpus: Corpus, theirs: Peers, wanted: Sizes) -> list[Row]:
    """All passages in one library, no filter."""
    library = filled(room, "one library", corpus)
    tidy(room)
    number = {text: at for at, text in enumerate(corpus.texts)}
    exact = nearest(corpus.vectors, corpus.asked, LIMIT)
    ways: dict[str, Search] = {
        "ours": lambda threads: asked(lambda _: (room, library), corpus, number, threads),
        "ours by meaning": lambda threads: asked(
            lambda _: (room, library), corpus, number, threads, BY_MEANING
        ),
    }
    target = recall(ways["ours by meaning"](1).found, exact)
    widths = _widths(theirs, target, exact, rooms=1)
    ways |= {peer: _theirs(theirs, peer, widths[peer]) for peer in PEERS}
    taken = _turns(ways, wanted.repetitions)
    together = {name: way(THREADS).seconds for name, way in ways.items()}
    quality = {name: recall(answers.found, exact) for name, answers in taken.items()}
    quality["ours"] = recall(taken["ours"].found, _fused(lambda _: (room, library), corpus, number))
    rows = []
    for ours, peer in (("ours", "llama-index"), ("ours", "langchain"), ("ours by meaning", "langchain")):
        what = f"Search in {len(corpus.texts):,} passages, {'by meaning' if ours != 'ours' else 'hybrid'}"
        rows += _compared(what, (ours, peer), taken, _note((ours, peer), taken, quality, widths), 2)
        rates = {name: len(corpus.asked) / seconds for name, seconds in together.items()}
        rows.append(
            more_is_better(
                f"{what}, {THREADS} at once",
                rates[ours],
                (peer, rates[peer]),
                "questions/s",
                "each contender once",
            )
        )
    return rows


def in_one_of_many(room: Workspace, corpus: Corpus, theirs: Peers, wanted: Sizes) -> list[Row]:
    """Each question in one of a hundred workspaces that share the tables."""
    rooms = [room.db.workspace(f"team-{number}") for number in range(ROOMS)]
    each = len(corpus.texts) // ROOMS
    parts = [slice(each * number, each * (number + 1)) for number in range(ROOMS)]
    places = [
        (
            one,
            filled(one, "shared tables", Corpus(corpus.texts[part], corpus.vectors[part], [], corpus.asked)),
        )
        for one, part in zip(rooms, parts, strict=True)
    ]
    tidy(room)
    number = {text: at for at, text in enumerate(corpus.texts)}
    exact = [
        [one + parts[at % ROOMS].start for one in nearest(corpus.vectors[parts[at % ROOMS]], vector[None])[0]]
        for at, vector in enumerate(corpus.asked)
    ]

    def where(at: int) -> tuple[Workspace, Library]:
        return places[at % ROOMS]

    widths = _widths(theirs, ENOUGH, exact, rooms=ROOMS)
    ways: dict[str, Search] = {
        "ours": lambda threads: asked(where, corpus, number, threads),
        **{peer: _theirs(theirs, peer, widths[peer], ROOMS) for peer in PEERS},
    }
    taken = _turns(ways, wanted.repetitions)
    quality = {name: recall(answers.found, exact) for name, answers in taken.items()}
    quality["ours"] = recall(taken["ours"].found, _fused(where, corpus, number))
    what = f"Hybrid search in 1 workspace of {ROOMS}, {len(corpus.texts):,} passages in all"
    rows = []
    for peer in PEERS:
        found = _compared(what, ("ours", peer), taken, _note(("ours", peer), taken, quality, widths), None)
        rows += [found[0], replace(found[1], below=15.0)]
    exactly = more_is_better(f"{what}, recall@10", quality["ours"], ("exact scan", 1.0), "", "hybrid")
    return [*rows, replace(exactly, at_least=ENOUGH)]


def filled(room: Workspace, name: str, corpus: Corpus, group: int = 10_000) -> Library:
    """A library with these passages, and its index if it is large enough for one."""
    documents = -(-len(corpus.texts) // passages.PASSAGES_PER_DOCUMENT)
    library, ids = passages.new_library(room, name, documents)
    made = passages.arrivals_from(ids, corpus.texts)
    for at in range(0, len(made), group):
        with room.session() as session:
            library = session.merge(library)
            store_passages(session, library, made[at : at + group], corpus.vectors[at : at + group])
    if vector_index.build_if_large(room, library.id) is not None:
        vector_index.index_library(room, library_id=library.id)
    return library


def tidy(room: Workspace) -> None:
    """What autovacuum does after a while."""
    as_owner(room, "VACUUM ANALYZE")


def asked(
    where: Callable[[int], tuple[Workspace, Library]],
    corpus: Corpus,
    number: Mapping[str, int],
    threads: int = 1,
    options: SearchOptions = SearchOptions(),  # noqa: B008 - frozen
) -> Answers:
    """All questions through the studio's search, each in its own workspace and library."""

    def timed(at: int) -> tuple[float, list[int]]:
        room, library = where(at)
        question, vector = corpus.questions[at], corpus.asked[at]
        began = time.perf_counter()
        hits = find_passages(room, library.id, question, LIMIT, vector, options)
        return 1000 * (time.perf_counter() - began), [number[hit.text] for hit in hits]

    timed(0)
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(timed, range(len(corpus.asked))))
    seconds = time.perf_counter() - began
    return Answers([one for one, _ in answers], [found for _, found in answers], seconds)


def _theirs(theirs: Peers, peer: str, width: int, rooms: int = 1) -> Search:
    return lambda threads: Answers(**theirs.ask(peer, width, rooms, threads))


def _widths(theirs: Peers, target: float, exact: list[list[int]], rooms: int) -> dict[str, int]:
    """The smallest ef_search with which each peer finds as much, or the largest tried."""
    chosen = {}
    for peer in PEERS:
        theirs.fill(peer, rooms)
        for width in WIDTHS:
            chosen[peer] = width
            if recall(_theirs(theirs, peer, width, rooms)(1).found, exact) >= target:
                break
    return chosen


def _turns(ways: Mapping[str, Search], repetitions: int) -> dict[str, Answers]:
    """All times of a contender together, and what it found the last time."""
    taken: dict[str, list[Answers]] = {name: [] for name in ways}
    for turn in range(repetitions):
        for name in list(ways) if turn % 2 == 0 else list(ways)[::-1]:
            taken[name].append(ways[name](1))
    return {
        name: replace(answers[-1], milliseconds=[one for part in answers for one in part.milliseconds])
        for name, answers in taken.items()
    }


def _compared(
    what: str, pair: tuple[str, str], taken: Mapping[str, Answers], note: str, asked_ratio: float | None
) -> list[Row]:
    ours, peer = (taken[name] for name in pair)
    return [
        replace(
            less_is_better(f"{what}, p{percent}", ours.at(percent), (pair[1], peer.at(percent)), "ms", note),
            at_least=asked_ratio,
        )
        for percent in (50, 95)
    ]


def _note(
    pair: tuple[str, str],
    taken: Mapping[str, Answers],
    quality: Mapping[str, float],
    widths: Mapping[str, int],
) -> str:
    ours, peer = pair
    fast = [figure(taken[name].at(FASTEST)) for name in pair]
    return (
        f"recall ours {quality[ours]:.3f}, theirs {quality[peer]:.3f} at ef_search {widths[peer]}; "
        f"fastest twentieth ours {fast[0]}, theirs {fast[1]} ms"
    )


def _fused(
    where: Callable[[int], tuple[Workspace, Library]], corpus: Corpus, number: Mapping[str, int]
) -> list[list[int]]:
    """The best passages by exact scans of both sides."""
    found: list[list[int]] = []
    for at, question in enumerate(corpus.questions):
        room, library = where(at)
        ids = fused_in_python(room, library, question, corpus.asked[at])
        found.append([number[text] for text in _texts(room, ids)])
    return found


def _texts(room: Workspace, ids: Sequence[int]) -> list[str]:
    with room.session() as session:
        return list(
            session.scalars(
                sa.select(Passage.text).where(Passage.workspace_id == room.id, Passage.id == sa.func.any(ids))
            )
        )
