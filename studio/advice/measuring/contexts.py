"""For questions with known answers: the passages that hold the answer, others that only look right, and
whether search finds the right ones. Called by the measuring job."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.answer_scores import normalise
from studio.comparison.question_sets import Question
from studio.library.finding.search import Hit, find_passages_for_many
from studio.store.database import Workspace
from studio.training_sets.building.dressing import right_of

K = 5
MOST_RIGHT = 4  # passages: an answer may rest on several, and then all of them must be there
_LOOKED_AT = 12
_SHORT = 3  # words: an answer so short is sought as it stands
_LONGEST_LOOKUP = 2000  # characters
SEED = 17


@dataclass(frozen=True)
class Contexts:
    """`right` hold the answer, `wrong` do not; `found` says whether search finds a right one among the first
    five for the question alone, None where no passage and no document is known to be right."""

    right: tuple[Hit, ...] = ()
    wrong: tuple[Hit, ...] = ()
    found: bool | None = None

    @property
    def complete(self) -> tuple[Hit, ...]:
        """All right passages and one that is not, in an order that tells nothing; () without right ones."""
        return _mixed((*self.right, *self.wrong[:1])) if self.right else ()

    @property
    def misleading(self) -> tuple[Hit, ...]:
        """As many passages, none of them right; nothing where there are not enough."""
        wrong = self.wrong[: len(self.right) + 1]
        return _mixed(wrong) if self.right and len(wrong) > len(self.right) else ()


def contexts_of(room: Workspace, library_id: int, questions: Sequence[Question]) -> list[Contexts]:
    """In the order of the questions; the answer helps to find its passages, but not to judge search."""
    asked = find_passages_for_many(room, library_id, [one.question for one in questions], _LOOKED_AT)
    told = [f"{one.question}\n{one.reference}"[:_LONGEST_LOOKUP] for one in questions]
    answered = find_passages_for_many(room, library_id, told, _LOOKED_AT)
    return [
        _contexts(question, hits, [*hits, *more])
        for question, hits, more in zip(questions, asked, answered, strict=True)
    ]


def _contexts(question: Question, hits: Sequence[Hit], looked_at: Iterable[Hit]) -> Contexts:
    every = list({hit.passage_id: hit for hit in looked_at}.values())  # their scores differ between searches
    named = [hit for hit in every if question.is_answered_by((hit.document, hit.external_id))]
    right = holding(question.reference, named or every)
    answering = {hit.passage_id for hit in right}
    wrong = [
        hit for hit in hits if hit.passage_id not in answering and not holding(question.reference, [hit])
    ]
    first = hits[:K]
    found: bool | None = None
    if question.document:
        found = question.is_answered_by(name for hit in first for name in (hit.document, hit.external_id))
    elif right:
        found = any(hit.passage_id in answering for hit in first)
    return Contexts(tuple(right), tuple(wrong[: MOST_RIGHT + 1]), found)


def holding(reference: str, hits: Sequence[Hit]) -> list[Hit]:
    """The passages that support an answer; a short one has to stand there word for word."""
    wanted = normalise(reference)
    if not wanted:
        return []
    if len(wanted.split()) <= _SHORT:
        return [hit for hit in hits if f" {wanted} " in f" {normalise(hit.text)} "][:MOST_RIGHT]
    return right_of(reference, hits, MOST_RIGHT)


def _mixed(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    mixed = list(hits)
    random.Random(f"{SEED} {[hit.passage_id for hit in hits]}").shuffle(mixed)
    return tuple(mixed)
