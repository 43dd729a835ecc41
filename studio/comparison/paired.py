"""Two approaches held against each other over the same frozen questions, from one comparison or from two.

Called where an adapter may replace another one only if it is shown to be no worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from studio.comparison.question_sets import Question
from studio.comparison.report import StoredAnswer, primary_metric
from studio.comparison.results import find, stored_answers
from studio.comparison.scoring import References, Scores, score_words
from studio.comparison.selection import chosen_questions
from studio.errors import BadInput
from studio.statistics import Difference, paired_difference
from studio.store.database import Workspace


@dataclass(frozen=True)
class Side:
    """The answers of one approach in one comparison."""

    comparison_id: int
    approach: str


@dataclass(frozen=True)
class Paired:
    """`gain` is the score of `now` minus that of `before` over the answerable questions both answered.

    `refusals` is the same for the right refusals of unanswerable ones, `answered` for the answerable ones
    that were not refused; both may rest on no question at all (n = 0).
    """

    metric: str
    gain: Difference
    refusals: Difference
    answered: Difference


def paired(room: Workspace, now: Side, before: Side) -> Paired:
    """Raises BadInput unless both answered questions of the same set, word for word."""
    with room.session() as session:
        asked, later = _answers(session, room, now)
        asked_before, earlier = _answers(session, room, before)
    both = {at: asked[at] for at in sorted(later.keys() & earlier.keys()) if asked[at] == asked_before[at]}
    if not both:
        raise BadInput("These two did not answer the same questions: compare both on one question set.")
    references = References.of(both.values())
    scored = [_scores(both, answers, references) for answers in (later, earlier)]
    metric = primary_metric(list(both.values()), {name for one in scored[0].values() for name in one})
    return Paired(
        metric, *(_gap(scored[0], scored[1], name) for name in (metric, "refusal_right", "answered"))
    )


def _answers(
    session: Session, room: Workspace, side: Side
) -> tuple[dict[int, Question], dict[int, StoredAnswer]]:
    chosen, _ = chosen_questions(session, room, find(session, room, side.comparison_id))
    stored = stored_answers(session, room, side.comparison_id)
    given = {one.position: one for one in stored if one.approach == side.approach and one.position in chosen}
    return chosen, given


def _scores(
    questions: Mapping[int, Question], answers: Mapping[int, StoredAnswer], references: References
) -> dict[int, Scores]:
    """Anew from the words: what is rare must be reckoned over the same questions on both sides."""
    return {at: score_words(question, answers[at].answer, references) for at, question in questions.items()}


def _gap(now: Mapping[int, Scores], before: Mapping[int, Scores], metric: str) -> Difference:
    shared = [at for at in now if metric in now[at] and metric in before[at]]
    return paired_difference([now[at][metric] for at in shared], [before[at][metric] for at in shared])
