"""Scores one approach's answers to some questions. Called by the compare job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.answer_scores import (
    Rarity,
    are_labels,
    content_f1,
    exact_match,
    is_refusal,
    label_right,
    rouge_l,
    similarities,
    token_f1,
    without_marks,
)
from studio.comparison.asking import Asked
from studio.comparison.question_sets import Question
from studio.engine.client import Engine
from studio.library.answering.citations import cite, precision
from studio.library.answering.figures import figures_right

Scores = dict[str, float]


@dataclass(frozen=True)
class References:
    """All references of a comparison: how rare their words are, and the labels where they are labels."""

    rarity: Rarity
    labels: frozenset[str] = frozenset()

    @classmethod
    def of(cls, questions: Iterable[Question]) -> "References":
        wanted = [question.reference for question in questions if question.answerable]
        return cls(Rarity.among(wanted), frozenset(wanted) if are_labels(wanted) else frozenset())


def score(
    engine: Engine, questions: Sequence[Question], asked: Sequence[Asked], references: References
) -> list[Scores]:
    """Answerable questions by their reference, unanswerable ones by refusal alone."""
    near = _similarity(engine, questions, asked)
    return [
        score_words(question, given.answer, references)
        | ({"similarity": near[at]} if at in near else {})
        | _retrieval(question, given)
        | _support(given)
        | _costs(given)
        for at, (question, given) in enumerate(zip(questions, asked, strict=True))
    ]


def score_words(question: Question, answer: str, references: References) -> Scores:
    """What the words alone tell: nothing is asked for it."""
    refused = is_refusal(answer)
    if not question.answerable:
        return {"refusal_right": float(refused)}
    said = without_marks(answer)
    scores = {
        "token_f1": round(token_f1(said, question.reference), 4),
        "content_f1": round(content_f1(said, question.reference, question.question, references.rarity), 4),
        "rouge_l": round(rouge_l(said, question.reference), 4),
        "exact_match": exact_match(said, question.reference),
        "answered": float(not refused),
    }
    if references.labels:
        scores["label_right"] = label_right(said, question.reference, references.labels)
    figures = figures_right(said, question.question, question.reference)
    return scores if figures is None else scores | {"figures_right": figures}


def _similarity(engine: Engine, questions: Sequence[Question], asked: Sequence[Asked]) -> dict[int, float]:
    scored = [at for at, q in enumerate(questions) if q.answerable]
    said = {at: without_marks(asked[at].answer) for at in scored}
    written = [at for at in scored if said[at] and questions[at].reference.strip()]
    near = dict.fromkeys(scored, 0.0)
    if written:
        vectors = engine.embed([said[at] for at in written] + [questions[at].reference for at in written])
        near |= zip(written, similarities(vectors[: len(written)], vectors[len(written) :]), strict=True)
    return near


def _support(given: Asked) -> Scores:
    """The share of the answer's sentences that a passage it was given supports, and of its own marks that
    are right, both by the rule of citations."""
    if not given.read or is_refusal(given.answer):
        return {}
    said = cite(given.answer, given.read)
    right = precision(given.answer, given.read)
    found = {"supported": sum(bool(sentence.numbers) for sentence in said) / len(said)} if said else {}
    return found if right is None else found | {"citations_right": right}


def _costs(given: Asked) -> Scores:
    """What an answer took, and how likely the model held the reference; not where it was not asked."""
    known = {
        "log_likelihood": given.likelihood,
        "first_token_seconds": given.first_seconds,
        "tokens": float(given.tokens) if given.tokens else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _retrieval(question: Question, given: Asked) -> Scores:
    """Whether a named document is among the passages given."""
    if not (question.answerable and question.document and given.sources):
        return {}
    found = [source[key] for source in given.sources for key in ("document", "external_id")]
    return {"passage_found": float(question.is_answered_by(found))}
