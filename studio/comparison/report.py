"""Turns stored answers into the report of a comparison: means, intervals, differences, who leads. Pure.

Called by the compare job when it ends and by results while it runs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations, product
from typing import Any

from studio.answer_scores import FEWEST_REFERENCES, are_labels, form_baseline
from studio.approaches import APPROACHES, COMPETING
from studio.comparison.notes import about_figures, about_manner, about_questions
from studio.comparison.question_sets import Question
from studio.comparison.verdict import find_leader, headline
from studio.statistics import Difference, beyond, bootstrap_interval, paired_difference

COMPARED = (
    "content_f1",
    "token_f1",
    "exact_match",
    "label_right",
    "similarity",
    "figures_right",
    "refusal_right",
    "answered",
    "log_likelihood",
    "judged",
)
METRICS = (*COMPARED, "rouge_l", "supported", "citations_right", "passage_found")
# of each answer, told as a mean without an interval
COSTS = {"first_token_seconds": "first_token_seconds", "tokens": "tokens_per_answer"}
CHANCE = 0.05


@dataclass(frozen=True)
class StoredAnswer:
    """What one approach answered to the question at `position`."""

    position: int
    approach: str
    answer: str
    sources: Sequence[Mapping[str, Any]]
    scores: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class ComparisonReport:
    """`approaches`, `differences` and `answers` have the shape other programs rely on (see `as_dict`).

    `metric` is the deciding one; `leader` is None until something is scored; `excluded` counts questions
    the adapter was trained on; `form_baseline` is the word overlap that an answer to another question gets.
    """

    questions: int
    excluded: int
    metric: str
    headline: str
    leader: dict[str, Any] | None
    approaches: dict[str, Any]
    differences: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    notes: list[str]
    # reports stored earlier do not have it
    form_baseline: float | None = None

    def as_dict(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "ComparisonReport":
        """From the database, which forgets the order of keys."""
        metrics = sorted(METRICS, key=lambda metric: metric != stored["metric"])
        approaches = {
            name: {**entry, "metrics": {m: entry["metrics"][m] for m in metrics if m in entry["metrics"]}}
            for name in APPROACHES
            if (entry := stored["approaches"].get(name))
        }
        return cls(**{**stored, "approaches": approaches})


def build_report(
    questions: Mapping[int, Question], answers: Sequence[StoredAnswer], excluded: int
) -> ComparisonReport:
    """`questions` by position, without the excluded ones."""
    by_approach = _by_approach(answers)
    scored = {name for given in answers for name in given.scores}
    metric = primary_metric(list(questions.values()), scored)
    summaries = {name: _summary(list(given.values())) for name, given in by_approach.items()}
    differences = _differences(by_approach)
    leader = find_leader(summaries, differences, metric)
    form = form_baseline([question.reference for question in questions.values() if question.answerable])
    return ComparisonReport.restored(
        {
            "questions": len(questions),
            "excluded": excluded,
            "metric": metric,
            "headline": headline(summaries, differences, metric, leader),
            "leader": leader,
            "approaches": summaries,
            "differences": differences,
            "answers": [_row(questions[at], at, by_approach) for at in sorted(questions)],
            "notes": [
                *about_questions(list(questions.values()), excluded),
                *about_manner(form, metric),
                *about_figures(summaries, leader),
            ],
            "form_baseline": form,
        }
    )


def primary_metric(questions: Sequence[Question], scored: Collection[str] = ()) -> str:
    """Exact match where references are labels, else overlap of what is rare, or of all words where that was
    not scored or there are too few references to tell what is rare."""
    references = [question.reference for question in questions if question.answerable]
    if are_labels(references):
        return "exact_match"
    telling = "content_f1" in scored and len(references) >= FEWEST_REFERENCES
    return "content_f1" if telling else "token_f1"


def _by_approach(answers: Sequence[StoredAnswer]) -> dict[str, dict[int, StoredAnswer]]:
    return {
        approach: {given.position: given for given in answers if given.approach == approach}
        for approach in APPROACHES
        if any(given.approach == approach for given in answers)
    }


def _summary(given: Sequence[StoredAnswer]) -> dict[str, Any]:
    metrics = {}
    for metric in METRICS:
        values = [answer.scores[metric] for answer in given if metric in answer.scores]
        if values:
            metrics[metric] = bootstrap_interval(values).as_dict()
    seconds = sum(answer.seconds for answer in given) / len(given)
    costs = {
        told: _mean([one.scores[name] for one in given if name in one.scores]) for name, told in COSTS.items()
    }
    return {"metrics": metrics, "seconds_per_answer": round(seconds, 3), "answers": len(given), **costs}


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 3) if values else None


def _differences(by_approach: Mapping[str, Mapping[int, StoredAnswer]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for metric, family in product(COMPARED, _families(by_approach)):
        pairs = [
            (a, b, difference)
            for a, b in family
            if (difference := _difference(by_approach[a], by_approach[b], metric)).n
        ]
        found += _with_holm(metric, pairs)
    return found


def _families(names: Collection[str]) -> list[list[tuple[str, str]]]:
    """Pairs whose p-values are corrected together: those that compete, and training with passages alone."""
    competing = list(combinations([name for name in COMPETING if name in names], 2))
    beside = [("rag+fine-tuned", "combined")] if {"rag+fine-tuned", "combined"} <= set(names) else []
    return [competing, beside]


def _difference(a: Mapping[int, StoredAnswer], b: Mapping[int, StoredAnswer], metric: str) -> Difference:
    both = [at for at in sorted(a) if at in b and metric in a[at].scores and metric in b[at].scores]
    return paired_difference([a[at].scores[metric] for at in both], [b[at].scores[metric] for at in both])


def _with_holm(metric: str, pairs: Sequence[tuple[str, str, Difference]]) -> list[dict[str, Any]]:
    """Holm's correction over the pairs of a metric: several looks find a difference by chance more easily."""
    order = sorted(range(len(pairs)), key=lambda at: _p(pairs[at][2]))
    adjusted: dict[int, float] = {}
    worst = 0.0
    for rank, at in enumerate(order):
        worst = max(worst, min(1.0, _p(pairs[at][2]) * (len(pairs) - rank)))
        adjusted[at] = round(worst, 4)
    return [
        {"a": a, "b": b, "metric": metric, **_corrected(difference, adjusted[at])}
        for at, (a, b, difference) in enumerate(pairs)
    ]


def _corrected(difference: Difference, p: float) -> dict[str, Any]:
    """Not decided any more, a difference needs more questions than there were."""
    decided, needed = difference.decided and p <= CHANCE, difference.questions_needed
    needed = needed if decided else beyond(needed, difference.n)
    return {**difference.as_dict(), "questions_needed": needed, "p_adjusted": p, "decided": decided}


def _p(difference: Difference) -> float:
    return 1.0 if difference.p is None else difference.p


def _row(
    question: Question, position: int, by_approach: Mapping[str, Mapping[int, StoredAnswer]]
) -> dict[str, Any]:
    given = {name: found[position] for name, found in by_approach.items() if position in found}
    return {
        "question": question.question,
        "reference": question.reference,
        "answerable": question.answerable,
        **{name: answer.answer for name, answer in given.items()},
        "scores": {name: dict(answer.scores) for name, answer in given.items()},
        "sources": {name: list(answer.sources) for name, answer in given.items() if answer.sources},
        "seconds": {name: answer.seconds for name, answer in given.items()},
    }
