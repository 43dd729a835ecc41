"""Several ways of searching a library side by side over questions whose answers are known.

Called by the search lab page, the command `measure` and measuring. Only the weight of meaning differs between
settings, so each question is searched once and fused many times.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.errors import BadInput
from studio.library.embedding.embedder import Pinned, embedder_for
from studio.library.finding.candidates import Candidates, find_candidates
from studio.library.finding.fusion import fuse
from studio.library.finding.scoring import BOTH as BOTH_SIDES
from studio.library.finding.scoring import Sides
from studio.library.libraries import library_row
from studio.library.quality.questions import documents_called
from studio.statistics import FEWEST, bootstrap_interval, t_quantile
from studio.store.database import Workspace
from studio.store.tables import Library

FIRST = 10  # documents that count
_SMALL = 0.02  # of nDCG: less does not matter to people, however surely it is there
_NEAR = 0.11  # weights that are judged together
_AT_ONCE = 32  # questions between two signs of progress
Say = Callable[[int, int], None]
Asked = tuple[str, Sequence[str]]  # a question and the names of the documents that answer it


def quiet(done: int, total: int) -> None:
    """Nobody asked how far it is."""


@dataclass(frozen=True)
class Model:
    """An embedding model of a library, and which of its vectors are that model's."""

    library: Library
    pinned: Pinned
    sides: Sides = BOTH_SIDES


@dataclass(frozen=True)
class Answerable:
    """A question and the documents that answer it."""

    question: str
    documents: frozenset[int]


@dataclass(frozen=True)
class Setting:
    """`dense_weight` from 0, words alone, to 1, meaning alone."""

    name: str
    dense_weight: float


@dataclass(frozen=True)
class SettingResult:
    """How well a setting found what it should, over `questions`; low and high bound the mean nDCG@10 with
    95 % confidence and are None where there are too few questions. `worse`: it found less than the best
    setting tried with it, by more than chance."""

    name: str
    dense_weight: float
    questions: int
    ndcg: float
    ndcg_low: float | None
    ndcg_high: float | None
    hit_at_1: float
    hit_at_5: float
    mrr: float
    worse: bool = False


@dataclass(frozen=True)
class Found:
    """What one search found: nDCG@10, and the rank of the first document that answers (0: not found)."""

    ndcg: float
    rank: int


WORDS_ALONE, MEANING_ALONE = Setting("words alone", 0.0), Setting("meaning alone", 1.0)
BOTH = tuple(Setting(f"both, meaning {tenth / 10:.1f}", tenth / 10) for tenth in range(1, 10))
GRID = (WORDS_ALONE, *BOTH, MEANING_ALONE)


def try_questions(
    room: Workspace,
    library_id: int,
    questions: Iterable[Asked],
    settings: Sequence[Setting] = GRID,
    say: Say = quiet,
) -> list[SettingResult]:
    """Each setting's figures, in order; questions whose documents are not in the library are left out.

    `say` hears now and then how many are asked, of how many.
    """
    asked = answerable(room, library_id, questions)
    if not asked:
        raise BadInput("None of the documents that the questions name is in this library.")
    library = library_row(room, library_id)
    return side_by_side(settings, found_by(room, asked, Model(library, library), settings, say))


def answerable(room: Workspace, library_id: int, questions: Iterable[Asked]) -> list[Answerable]:
    """Those of the questions whose documents are in the library."""
    called = documents_called(room, library_id)
    known = [(question, {id_ for n in names for id_ in called.get(n, ())}) for question, names in questions]
    return [Answerable(question, frozenset(documents)) for question, documents in known if documents]


def found_by(
    room: Workspace, asked: Sequence[Answerable], model: Model, settings: Sequence[Setting], say: Say = quiet
) -> list[list[Found]]:
    """For every setting how well each question finds the documents that answer it."""
    embedder = embedder_for(room, model.pinned)
    found: list[list[Found]] = [[] for _ in settings]
    for at in range(0, len(asked), _AT_ONCE):
        say(at, len(asked))
        some = asked[at : at + _AT_ONCE]
        texts = [one.question for one in some]
        seen = find_candidates(room, model.library, texts, embedder.embed_questions(texts), model.sides)
        for one, candidates in zip(some, seen, strict=True):
            for each, setting in zip(found, settings, strict=True):
                each.append(_judged(_documents(candidates, setting.dense_weight), one.documents))
    return found


def side_by_side(
    settings: Sequence[Setting],
    found: Sequence[Sequence[Found]],
    shares: NDArray[np.float64] | None = None,
    witnesses: Sequence[str] | None = None,
) -> list[SettingResult]:
    """What each setting found for the same questions, summed up, and which settings are worse; questions of
    one witness are alike."""
    weights = np.ones(len(found[0])) if shares is None else shares
    of = np.unique(witnesses, return_inverse=True)[1] if witnesses else np.arange(len(found[0]))
    ndcg = np.array([[one.ndcg for one in each] for each in found])
    worse = _worse(np.array([setting.dense_weight for setting in settings]), ndcg, weights, of)
    return [
        replace(summed_up(setting, each, weights), worse=bool(behind))
        for setting, each, behind in zip(settings, found, worse, strict=True)
    ]


def summed_up(
    setting: Setting, found: Sequence[Found], shares: NDArray[np.float64] | None = None
) -> SettingResult:
    """Means over the questions; `shares` weigh them, 1 on average."""
    weights = np.ones(len(found)) if shares is None else shares
    ndcg = np.array([one.ndcg for one in found])
    ranks = np.array([one.rank for one in found])
    seen = bootstrap_interval(ndcg.tolist(), weights=weights.tolist())
    return SettingResult(
        name=setting.name,
        dense_weight=setting.dense_weight,
        questions=len(found),
        ndcg=round(float(ndcg @ weights / len(found)), 4),
        ndcg_low=seen.low,
        ndcg_high=seen.high,
        hit_at_1=round(float(((ranks == 1) * weights).mean()), 4),
        hit_at_5=round(float(((ranks > 0) & (ranks <= 5)) @ weights / len(found)), 4),
        mrr=round(float((weights[ranks > 0] / ranks[ranks > 0]).sum() / len(found)), 4),
    )


def _worse(
    at: NDArray[np.float64], ndcg: NDArray[np.float64], weights: NDArray[np.float64], of: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Which settings (rows) stay behind the best over the same questions (columns), by more than 0.02 and
    by more than chance: a t-test of the paired difference of their weighted means, neighbours smoothed.

    `of` is the witness of each question; errors are clustered by it (Liang and Zeger 1986), so that many
    questions about one table do not count as many.
    """
    smooth = np.array([ndcg[np.abs(at - one) < _NEAR].mean(axis=0) for one in at])
    behind = smooth[np.argmax(smooth @ weights)] - smooth
    mean = behind @ weights / weights.sum()
    strayed = (behind - mean[:, None]) * weights
    together = np.array([np.bincount(of, each) for each in strayed])
    error = np.sqrt((together**2).sum(axis=1)) / weights.sum()
    witnesses = together.shape[1]
    if witnesses < FEWEST:
        return np.zeros(len(at), bool)
    return np.asarray((mean > _SMALL) & (mean > t_quantile(witnesses - 1) * error))


def _documents(candidates: Candidates, dense_weight: float) -> list[int]:
    """Documents by their best passage, best first."""
    scores = fuse(candidates.lexical, candidates.cosine, dense_weight)
    order = np.argsort(-scores, kind="stable")
    return list(dict.fromkeys(candidates.documents[order[np.isfinite(scores[order])]].tolist()))


def _judged(documents: Sequence[int], wanted: Set[int]) -> Found:
    at = [rank for rank, document in enumerate(documents[:FIRST], start=1) if document in wanted]
    best = sum(1 / np.log2(rank + 1) for rank in range(1, min(FIRST, len(wanted)) + 1))
    return Found(float(sum(1 / np.log2(rank + 1) for rank in at) / best), at[0] if at else 0)
