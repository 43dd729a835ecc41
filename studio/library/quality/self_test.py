"""Asks a library the questions made from its own passages, at every weight. Called by measuring and by the
comparison of two embedding models.

A passage takes part with what is left of it: its vector is computed again, its words are counted again.
"""

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from studio.library.embedding.embedder import Embedder, embedder_for
from studio.library.finding.candidates import Candidates, find_candidates, rarities
from studio.library.finding.fusion import fuse
from studio.library.finding.terms import count_terms
from studio.library.intake.storing import HEADING_SEPARATOR
from studio.library.quality.synthetic import Source, Synthetic, make_questions
from studio.library.quality.trials import (
    FIRST,
    GRID,
    Found,
    Model,
    Say,
    Setting,
    SettingResult,
    quiet,
    side_by_side,
)
from studio.store.database import Workspace
from studio.store.tables import Document, Library, Passage

_LOOKED_AT = 600  # passages that may serve as sources
_FEWEST_OF_A_KIND = 10  # with fewer, a question counts as if there were so many
_SLICE = 32  # texts embedded between two reports of progress


def ask_itself(room: Workspace, library: Library, say: Say) -> list[SettingResult]:
    """The figures of every weight; `say` hears how many texts of how many are embedded."""
    asked = questions_of_itself(room, library)
    if not asked:
        return []
    found = found_again(room, asked, Model(library, library), say)
    return side_by_side(GRID, found, shares_of(asked), witnesses_of(asked))


def questions_of_itself(room: Workspace, library: Library) -> list[Synthetic]:
    """The same for the same passages."""
    return make_questions(sources_of(room, library))


def found_again(
    room: Workspace, asked: Sequence[Synthetic], model: Model, say: Say = quiet
) -> list[list[Found]]:
    """For every weight of GRID how well each question finds what is left of its passage."""
    embedder = embedder_for(room, model.pinned)
    texts = [one.question for one in asked]
    questions = embedder.embed_questions(texts)
    rests = _embedded(embedder, [one.rest for one in asked], say)
    lexical = _lexical(room, model.library, asked)
    found: list[list[Found]] = [[] for _ in GRID]
    for index, candidates in enumerate(find_candidates(room, model.library, texts, questions, model.sides)):
        others = _others(candidates, asked[index])
        cosine = float(questions[index] @ rests[index])
        for each, setting in zip(found, GRID, strict=True):
            each.append(_rank(others, (lexical[index], cosine), setting))
    return found


def sources_of(room: Workspace, library: Library) -> list[Source]:
    """Some passages in an order that depends on nothing but their text."""
    same = sa.and_(Document.id == Passage.document_id, Document.workspace_id == Passage.workspace_id)
    chosen = (
        sa.select(Passage.id, Passage.document_id, Document.title, Document.name, Document.external_id)
        .add_columns(
            Passage.heading, Passage.text, Passage.kind, Passage.place["sheet"].astext.label("sheet")
        )
        .join(Document, same)
        .where(Passage.workspace_id == room.id, Passage.library_id == library.id)
        .where(Passage.kind.in_(("text", "row")))
        .order_by(sa.func.md5(Passage.text), Passage.id)
        .limit(_LOOKED_AT)
    )
    with room.session() as session:
        rows = session.execute(chosen).all()
    return [
        Source(
            row.id,
            row.document_id,
            "" if row.title in (row.name, row.external_id) else row.title,
            tuple(row.heading.split(HEADING_SEPARATOR)) if row.heading else (),
            row.text,
            f"{row.document_id} {row.sheet}" if row.kind == "row" else "",
        )
        for row in rows
    ]


def _embedded(embedder: Embedder, texts: Sequence[str], say: Say) -> NDArray[np.float32]:
    parts = []
    for at in range(0, len(texts), _SLICE):
        say(at, len(texts))
        parts.append(embedder.embed_passages(texts[at : at + _SLICE]))
    return np.concatenate(parts)


def _lexical(room: Workspace, library: Library, asked: Sequence[Synthetic]) -> list[float]:
    """BM25 of what is left of each passage for its question."""
    scores = []
    with room.session() as session:
        counted = count_terms(session, library.language, [one.rest for one in asked])
        for one, weights in zip(asked, counted.weights(library.mean_terms), strict=True):
            rare = rarities(session, library, one.question)
            terms = (np.frombuffer(weights.indices, ">i4") + 1).tolist()
            values = np.frombuffer(weights.values, ">f4").tolist()
            scores.append(sum(rare.get(term, 0.0) * value for term, value in zip(terms, values, strict=True)))
    return scores


def _others(candidates: Candidates, asked: Synthetic) -> Candidates:
    """Without the passage itself; where its heading is asked, without others that stand below the title."""
    rival = candidates.passages != asked.source.passage
    if asked.kind == "heading":
        rival &= candidates.documents != asked.source.document
    return Candidates(
        candidates.passages[rival],
        candidates.documents[rival],
        candidates.lexical[rival],
        candidates.cosine[rival],
    )


def _rank(others: Candidates, own: tuple[float, float], setting: Setting) -> Found:
    lexical, cosine = np.append(others.lexical, own[0]), np.append(others.cosine, own[1])
    scores = fuse(lexical, cosine, setting.dense_weight)
    rank = int((scores[:-1] > scores[-1]).sum()) + 1
    if rank > FIRST or not np.isfinite(scores[-1]):
        return Found(0.0, 0)
    return Found(float(1 / np.log2(rank + 1)), rank)


def shares_of(asked: Sequence[Synthetic]) -> NDArray[np.float64]:
    """Every kind of question counts the same, however many there are of it, but for those with too few to
    speak for themselves. 1 on average."""
    _, of, counts = np.unique([one.kind for one in asked], return_inverse=True, return_counts=True)
    share = 1 / np.maximum(counts, _FEWEST_OF_A_KIND)[of]
    scaled: NDArray[np.float64] = share * len(asked) / share.sum()
    return scaled


def witnesses_of(asked: Sequence[Synthetic]) -> list[str]:
    """Questions about one table say the same again; others speak for themselves."""
    return [one.source.table or f"passage {one.source.passage}" for one in asked]
