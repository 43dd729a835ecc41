"""Does a library find more with the new embedding model than with the one in use?

Called by reembedding before a person decides on the switch. Each model is tried at every weight beside words
and judged at the one that the library would choose for it. The team's questions are taken where there are
enough; otherwise what was cut out of a passage must find what is left of it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from studio.errors import StudioError
from studio.library.embedding.embedder import Pinned, embedder_for
from studio.library.finding.scoring import BESIDE
from studio.library.libraries import library_row
from studio.library.quality.questions import ENOUGH, list_questions
from studio.library.quality.self_test import found_again, questions_of_itself, shares_of, witnesses_of
from studio.library.quality.synthetic import Synthetic
from studio.library.quality.trials import (
    FIRST,
    GRID,
    MEANING_ALONE,
    Answerable,
    Found,
    Model,
    SettingResult,
    answerable,
    found_by,
    side_by_side,
    summed_up,
)
from studio.library.quality.weights import best_weight, usual_weight
from studio.statistics import paired_difference
from studio.store.database import Workspace
from studio.store.tables import Passage

FEWEST = 10
SAMPLE = 300  # passages that tell how near unrelated texts are


@dataclass(frozen=True)
class Questions:
    """What both models are asked: the team's questions where there are enough, else made-up ones."""

    team: list[Answerable]
    made_up: list[Synthetic]

    @property
    def origin(self) -> str:
        return "team" if self.team else "synthetic"

    @property
    def texts(self) -> list[str]:
        return [one.question for one in self.team or self.made_up]


@dataclass(frozen=True)
class Judged:
    """A model at the weight of its own: what each question found there, and `alone` without any words."""

    weight: float
    found: list[Found]
    alone: SettingResult


def compare_embeddings(room: Workspace, library_id: int, following: Pinned) -> dict[str, Any]:
    """Both models' figures over the same questions, the difference with its 95 % interval, and a sentence."""
    library = library_row(room, library_id)
    asked = _questions(room, library_id)
    about = {"questions": len(asked.texts), "origin": asked.origin}
    if len(asked.texts) < FEWEST:
        return {**about, "sentence": "Too little to compare both models on."}
    models = Model(library, library), Model(library, following, BESIDE)
    try:
        now = _judged(room, asked, models[0])
    except StudioError as error:
        # that the model in use answers no more is a reason to switch, none to stop
        return {**about, "sentence": f"{library.embedding_model} could not be asked beside it: {error}"}
    then = _judged(room, asked, models[1])
    difference = paired_difference(_gains(then), _gains(now))
    report = about | {
        "now": _figures(library.embedding_model, now),
        "next": _figures(following.embedding_model, then),
        "difference": {"ndcg": difference.mean, "low": difference.low, "high": difference.high},
        "answer_threshold": _like_threshold(room, asked, *models),
    }
    return {**report, "sentence": _sentence(report)}


def _questions(room: Workspace, library_id: int) -> Questions:
    rows = [(row.question, row.documents) for row in list_questions(room, library_id)]
    team = answerable(room, library_id, rows)
    if len(team) >= ENOUGH:
        return Questions(team, [])
    return Questions([], questions_of_itself(room, library_row(room, library_id)))


def _judged(room: Workspace, asked: Questions, model: Model) -> Judged:
    if asked.team:
        found = found_by(room, asked.team, model, GRID)
        results = side_by_side(GRID, found)
    else:
        found = found_again(room, asked.made_up, model)
        results = side_by_side(GRID, found, shares_of(asked.made_up), witnesses_of(asked.made_up))
    usual = usual_weight(model.pinned.embedding_model, model.library.language)
    weight = best_weight(results, usual)
    at = {setting.dense_weight: each for setting, each in zip(GRID, found, strict=True)}
    return Judged(weight, at[weight], summed_up(MEANING_ALONE, at[MEANING_ALONE.dense_weight]))


def some_vectors(room: Workspace, library_id: int, column: str = "embedding") -> NDArray[np.float32]:
    """A sample of the passages, hardly any of which has to do with a given question."""
    some = (
        sa.select(getattr(Passage, column))
        .where(Passage.workspace_id == room.id, Passage.library_id == library_id, Passage.kind != "summary")
        .order_by(sa.func.md5(Passage.text))
        .limit(SAMPLE)
    )
    with room.session() as session:
        return np.array(session.scalars(some).all(), np.float32)


def _like_threshold(room: Workspace, asked: Questions, now: Model, then: Model) -> float:
    """The cosine that stands as far above unrelated texts as the present threshold does.

    Models differ much in the cosines they give: 0.25 is near for one and far for the other.
    """
    before, after = (_cosines(room, asked, model) for model in (now, then))
    above = (now.library.answer_threshold - before.mean()) / max(float(before.std()), 1e-6)
    return round(float(np.clip(after.mean() + above * after.std(), 0.0, 1.0)), 4)


def _cosines(room: Workspace, asked: Questions, model: Model) -> NDArray[np.float32]:
    """Of the questions and texts that have nothing to do with them."""
    questions = embedder_for(room, model.pinned).embed_questions(asked.texts)
    return questions @ some_vectors(room, model.library.id, model.sides.vectors).T


def _gains(judged: Judged) -> list[float]:
    return [one.ndcg for one in judged.found]


def _figures(model: str, judged: Judged) -> dict[str, Any]:
    """`meaning_ndcg` is without words."""
    setting = next(one for one in GRID if one.dense_weight == judged.weight)
    together = summed_up(setting, judged.found)
    return {
        "model": model,
        "dense_weight": judged.weight,
        "ndcg": together.ndcg,
        "hit_at_1": together.hit_at_1,
        "hit_at_5": together.hit_at_5,
        "mrr": together.mrr,
        "meaning_ndcg": judged.alone.ndcg,
    }


def _sentence(report: dict[str, Any]) -> str:
    now, following, difference = report["now"], report["next"], report["difference"]
    kind = "the team's" if report["origin"] == "team" else "made-up"
    if difference["low"] > 0:
        verdict = f"{following['model']} finds more"
    elif difference["high"] < 0:
        verdict = f"{following['model']} finds less"
    else:
        verdict = "No difference can be told"
    return (
        f"{verdict}: over {report['questions']} {kind} questions nDCG@{FIRST} is {following['ndcg']:.2f} "
        f"against {now['ndcg']:.2f} with {now['model']} "
        f"(difference {difference['ndcg']:+.2f}, 95 % interval {difference['low']:+.2f} to "
        f"{difference['high']:+.2f})."
    )
