"""What tells a question that a library does not answer: nearness, the words of the question, or both.

Reads the folder of public data that STUDIO_REALDATA names. Every question is asked twice: with all documents,
and with those that answer it left out of what search found.
"""

import math
import os
import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from bench.retrieval import fill
from bench.retrieval_sets import RetrievalSet, medquad, pubmedqa, xquad
from bench.rooms import opened_room
from bench.rows import Row
from studio.engine.client import open_engine
from studio.errors import BadInput
from studio.library.answering.grounds import PASSAGES_IN_PROMPT, nearest
from studio.library.finding.candidates import rarities
from studio.library.finding.search import Hit, find_passages_for_many
from studio.library.finding.terms import count_terms
from studio.library.libraries import library_row
from studio.library.passages import searchable_text
from studio.store.database import Workspace
from studio.store.tables import Library

READ = (
    "AUROC (0.5 is chance) of questions asked with their documents against the same asked without them; the "
    "difference with its 95 % interval over the questions, both of a pair drawn together. Nearness: the best "
    "cosine of the passages that are read, by which the studio decides. Both: the mean of nearness and the "
    "share of the question's words, by their rarity, in the passage ranked first. Search weighs as usual. "
    "A question whose document was left out may be answered by another one, so no way can reach 1."
)
ASKED, LOOKED_AT = 250, 100
DRAWN, SEED = 1000, 17
Values = NDArray[np.float64]


def measure(folder: Path) -> list[Row]:
    """A row for every set."""
    named = os.environ.get("STUDIO_REALDATA")
    if not named:
        raise BadInput("bench.refusing needs a folder of public data: name it with STUDIO_REALDATA.")
    data = Path(named)
    with opened_room(folder) as room:
        engine = open_engine(room.settings)
        sets = (xquad(data, "en"), xquad(data, "de"), pubmedqa(data), medquad(data))
        return [compared(room, fill(room, engine, one, one.name), one) for one in sets]


def compared(room: Workspace, library_id: int, asked: RetrievalSet) -> Row:
    """Both signs beside nearness alone."""
    library = library_row(room, library_id)
    some = random.Random(SEED).sample(asked.questions, min(ASKED, len(asked.questions)))
    found = find_passages_for_many(room, library_id, [question for question, _ in some], LOOKED_AT)
    with room.session() as session:
        values = np.array(
            [
                [*signs(session, library, question, hits), *signs(session, library, question, others)]
                for (question, right), hits in zip(some, found, strict=True)
                for others in [[hit for hit in hits if hit.document not in right]]
            ]
        )
    near, both = values[:, [0, 2]], (values[:, [0, 2]] + values[:, [1, 3]]) / 2
    ours, rival = auroc(both), auroc(near)
    low, high = gained(both, near)
    note = f"difference {ours - rival:+.3f} ({low:+.3f} to {high:+.3f}), {len(some)} questions"
    return Row(asked.name, ours, rival, "nearness", ours / rival, "AUROC", note)


def signs(session: Session, library: Library, question: str, hits: list[Hit]) -> tuple[float, float]:
    """Nearness of what is read, and the share of the question's words in the passage ranked first."""
    if not hits:
        return 0.0, 0.0
    first = searchable_text(hits[0].title, hits[0].heading, hits[0].text)
    counted = count_terms(session, library.language, [question, first])
    asked, held = (set(counted.terms[counted.owners == at].tolist()) for at in (0, 1))
    known = rarities(session, library, question)
    unknown = math.log(1 + (library.passage_count + 0.5) / 0.5)  # of a word in no passage at all
    weights = {term: known.get(term, unknown) for term in asked}
    share = sum(weights[term] for term in asked & held) / (sum(weights.values()) or 1.0)
    return nearest(hits[:PASSAGES_IN_PROMPT]), share


def gained(ours: Values, rival: Values) -> tuple[float, float]:
    """The middle 95 % of the difference over questions drawn again and again."""
    drawn = np.random.default_rng(SEED).integers(0, len(ours), (DRAWN, len(ours)))
    gains = [auroc(ours[rows]) - auroc(rival[rows]) for rows in drawn]
    return float(np.percentile(gains, 2.5)), float(np.percentile(gains, 97.5))


def auroc(pairs: Values) -> float:
    """Of the first column against the second."""
    higher = np.sign(pairs[:, :1] - pairs[:, 1]) + 1
    return float(higher.mean() / 2)
