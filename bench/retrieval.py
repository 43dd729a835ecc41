"""How much of what it should the studio finds: words, meaning and both, beside bm25s on the same documents.

Reads the folder of public data that STUDIO_REALDATA names. bm25s is set up as its users would: whole
documents with their titles, its own stop words and the Snowball stemmer of the language where there are such,
k1 1.2 and b 0.75 as in the studio.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from bench.retrieval_sets import RetrievalSet, read_sets
from bench.rooms import opened_room
from bench.rows import Row
from bench.vectors import embedded
from studio.engine.client import Engine, open_engine
from studio.errors import BadInput
from studio.library.finding.search import SearchOptions, best_per_document, find_passages_for_many
from studio.library.intake.storing import Arrival, arrivals_of, store_passages
from studio.library.libraries import create_library, locked_library
from studio.library.passages import split
from studio.library.quality.measuring import measure_library
from studio.statistics import bootstrap_interval, paired_difference
from studio.store.database import Workspace
from studio.store.tables import Document

READ = (
    "nDCG@10 over documents (a document stands where its best passage stands), with the 95 % interval over "
    "the questions and the difference from what stands beside it. Words: BM25 in PostgreSQL, asked to be at "
    "most 0.01 below bm25s. Both: fused with the weight that the library chose on questions made from its "
    "own passages, before any of these was asked; asked to be at most 0.01 below the better side. bm25s "
    "reads whole documents with their titles, with its own stop words and the Snowball stemmer for English "
    "and German, and plain words for Slovak, for which it has neither. The embedding model is the bundled "
    "one, which knows English only."
)
ALLOWED = 0.01
FIRST = 10
PASSAGES = 4 * FIRST  # as the command `search` asks
STOP_WORDS = {"english": "en", "german": "de"}


def measure(folder: Path) -> list[Row]:
    """Three rows for every set."""
    named = os.environ.get("STUDIO_REALDATA")
    if not named:
        raise BadInput("bench.retrieval needs a folder of public data: name it with STUDIO_REALDATA.")
    rows: list[Row] = []
    filled: dict[str, tuple[int, float]] = {}
    with opened_room(folder) as room:
        engine = open_engine(room.settings)
        for asked in read_sets(Path(named)):
            corpus = asked.name.partition(", Czech")[0].partition(", Slovak")[0]
            if corpus not in filled:
                library = fill(room, engine, asked, corpus)
                filled[corpus] = (library, measure_library(room, library).chosen)
            rows += compared(room, engine, asked, *filled[corpus])
    return rows


def fill(room: Workspace, engine: Engine, asked: RetrievalSet, name: str) -> int:
    """The set's documents as a library, stored as ingest stores them; returns its id."""
    library_id = create_library(room, name, asked.language, engine).id
    with room.session() as session:
        documents = [
            Document(
                workspace_id=room.id,
                library_id=library_id,
                name=source.name,
                title=source.title,
                sha256=f"{number:064x}",
                state="ready",
            )
            for number, source in enumerate(asked.documents)
        ]
        session.add_all(documents)
        session.flush()
        arrivals: list[Arrival] = []
        for document, source in zip(documents, asked.documents, strict=True):
            arrivals += arrivals_of(document.id, source.title, split(source.parsed))
        vectors = _vectors(engine, [arrival.searchable for arrival in arrivals])
        store_passages(session, locked_library(session, room, library_id), arrivals, vectors)
    return library_id


def compared(
    room: Workspace, engine: Engine, asked: RetrievalSet, library_id: int, weight: float
) -> list[Row]:
    """Words beside bm25s, meaning beside words, both beside the better of them."""
    vectors = _vectors(engine, [question for question, _ in asked.questions])
    words, meaning, both = (
        found(room, asked, library_id, vectors, dense_weight) for dense_weight in (0.0, 1.0, weight)
    )
    rival = by_bm25s(asked)
    better, its_name = max((words, "words"), (meaning, "meaning"), key=lambda side: side[0].mean())
    of = f"{asked.name} ({len(asked.documents):,} documents, {len(asked.questions):,} questions)"
    return [
        _row(f"{of}: words", words, rival, "bm25s", True),
        _row(f"{of}: meaning", meaning, words, "words", False),
        _row(f"{of}: both, meaning {weight:.1f}", both, better, f"the better side, {its_name}", True),
    ]


def found(
    room: Workspace,
    asked: RetrievalSet,
    library_id: int,
    vectors: NDArray[np.float32],
    dense_weight: float,
) -> NDArray[np.float64]:
    """nDCG@10 of every question by the studio's search."""
    questions = [question for question, _ in asked.questions]
    options = SearchOptions(dense_weight=dense_weight)
    hits = find_passages_for_many(room, library_id, questions, PASSAGES, vectors, options)
    return _judged(asked, [[hit.document for hit in best_per_document(one, FIRST)] for one in hits])


def by_bm25s(asked: RetrievalSet) -> NDArray[np.float64]:
    """nDCG@10 of every question by bm25s over whole documents."""
    texts = [f"{source.title}\n{source.parsed.text}".strip() for source in asked.documents]
    stop_words = STOP_WORDS.get(asked.language, [])
    stemmer = Stemmer.Stemmer(asked.language) if stop_words else None

    def tokens(of: list[str]) -> object:
        return bm25s.tokenize(of, stopwords=stop_words, stemmer=stemmer, show_progress=False)

    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index(tokens(texts), show_progress=False)
    best, scores = index.retrieve(
        tokens([question for question, _ in asked.questions]), k=FIRST, show_progress=False
    )
    names = [source.name for source in asked.documents]
    return _judged(
        asked,
        [
            [names[i] for i, s in zip(row, sc, strict=True) if s > 0]
            for row, sc in zip(best, scores, strict=True)
        ],
    )


def _judged(asked: RetrievalSet, ranked: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    values = []
    for names, (_, wanted) in zip(ranked, asked.questions, strict=True):
        gained = sum(1 / np.log2(at + 2) for at, name in enumerate(names[:FIRST]) if name in wanted)
        values.append(gained / sum(1 / np.log2(at + 2) for at in range(min(FIRST, len(wanted)))))
    return np.array(values)


def _row(
    name: str, ours: NDArray[np.float64], rival: NDArray[np.float64], rival_name: str, asked: bool
) -> Row:
    mean, gap = bootstrap_interval(ours.tolist()), paired_difference(ours.tolist(), rival.tolist())
    difference = ours.mean() - rival.mean()
    note = f"95 %: {mean.low:.3f}–{mean.high:.3f}; difference {difference:+.3f} "
    note += f"({gap.low:+.3f} to {gap.high:+.3f})"
    if asked:
        note += f"; at most {ALLOWED} below: {'yes' if difference >= -ALLOWED else '**no**'}"
    ratio = float(ours.mean() / rival.mean())
    return Row(name, float(ours.mean()), float(rival.mean()), rival_name, ratio, "nDCG@10", note)


def _vectors(engine: Engine, texts: list[str]) -> NDArray[np.float32]:
    model = engine.embedding_model
    return embedded(texts, f"{model.name} {model.revision}", engine.embed)
