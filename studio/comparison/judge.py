"""A language model of any OpenAI-compatible server as a judge: which of two answers is better.

It is asked twice with the answers swapped, so that a liking for the first or the second place cancels out.
What it says stands beside the other scores and never decides: it has its own tastes, for length above all.
Called by `compare --judge` and by the job of `judging`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import sqlalchemy as sa

from studio.approaches import COMPETING
from studio.comparison.question_sets import Question
from studio.comparison.results import find, report_now, stored_answers
from studio.comparison.selection import chosen_questions
from studio.engine.client import Engine, open_engine
from studio.engine.prompts import Message, judged_pair
from studio.errors import BadInput
from studio.store import tables
from studio.store.database import Workspace

JUDGED = "judged"
ANSWER_TOKENS = 8
SLICE = 4  # questions after which it is kept: enough to be asked side by side
_VERDICT = re.compile(r"\W*(?:answer\W*)?(?:(a|1|first)|(b|2|second))\b", re.IGNORECASE)

Answers = Mapping[tuple[int, str], str]
OnDone = Callable[[int, int], None]


@dataclass(frozen=True)
class Judge:
    """Where the judge answers, and which model it is; what is compared leaves this host for there."""

    url: str
    model: str
    key: str = "none"

    def engine(self, room: Workspace) -> Engine:
        asked = replace(room.settings, engine_url=self.url, engine_key=self.key, chat_model=self.model)
        return open_engine(asked)


@dataclass(frozen=True)
class Pair:
    """Two answers to the question at `position`, named by their approaches."""

    position: int
    a: str
    b: str


def judge_comparison(
    room: Workspace, comparison_id: int, judge: Judge, on_done: OnDone = lambda done, of: None
) -> float:
    """Judge all pairs of answers to answerable questions, and keep the shares and the report.

    What was judged is kept every few questions and not asked again of the same model; `on_done` hears how
    many questions are judged of how many. Returns the share of pairs judged alike in both orders. Raises
    BadInput where there is nothing to judge.
    """
    with room.session() as session:
        row = find(session, room, comparison_id)
        questions, _ = chosen_questions(session, room, row)
        answers = {(one.position, one.approach): one.answer for one in stored_answers(session, room, row.id)}
    asked = {at: one for at, one in questions.items() if one.answerable}
    pairs = {at: found for at in asked if (found := _pairs(at, answers))}
    if not pairs:
        raise BadInput("There are no two answers to the same question to be judged.")
    known = _begin(room, comparison_id, judge)
    left = [at for at in pairs if known.get(str(at), (0, 0))[1] != len(pairs[at])]
    on_done(len(pairs) - len(left), len(pairs))
    engine = judge.engine(room)
    for first in range(0, len(left), SLICE):
        part = [one for at in left[first : first + SLICE] for one in pairs[at]]
        said = preferences(_replies(engine, [p for one in part for p in _prompts(one, asked, answers)]))
        _keep(room, comparison_id, part, said)
        on_done(len(pairs) - len(left[first + SLICE :]), len(pairs))
    return _conclude(room, comparison_id, judge, pairs)


def _pairs(position: int, answers: Answers) -> list[Pair]:
    there = [name for name in COMPETING if (position, name) in answers]
    return [Pair(position, a, b) for a, b in combinations(there, 2)]


def _prompts(pair: Pair, asked: Mapping[int, Question], answers: Answers) -> list[list[Message]]:
    """In both orders."""
    question = asked[pair.position]
    return [
        judged_pair(question.question, question.reference, *(answers[pair.position, name] for name in order))
        for order in ((pair.a, pair.b), (pair.b, pair.a))
    ]


def preferences(replies: Sequence[str]) -> list[tuple[float, bool]]:
    """For each pair, asked in both orders one after the other: how much the first is preferred (0, 0.5 or 1),
    and whether both orders said the same."""
    told = [_place(reply) for reply in replies]
    return [
        (0.5 + (first - second) / 4, first == -second)
        for first, second in zip(told[::2], told[1::2], strict=True)
    ]


def _place(reply: str) -> int:
    """1 for the answer that was shown first, -1 for the second, 0 for neither."""
    found = _VERDICT.match(reply)
    if found is None:
        return 0
    return 1 if found[1] else -1


def _replies(engine: Engine, prompts: Sequence[Sequence[Message]]) -> list[str]:
    return [one.text for one in engine.chat_many(prompts, max_tokens=ANSWER_TOKENS)]


def _shares(pairs: Sequence[Pair], preferred: Sequence[float]) -> dict[tuple[int, str], float]:
    """For each answer the mean preference over the others."""
    found: dict[tuple[int, str], list[float]] = defaultdict(list)
    for pair, share in zip(pairs, preferred, strict=True):
        found[pair.position, pair.a].append(share)
        found[pair.position, pair.b].append(1 - share)
    return {place: round(sum(shares) / len(shares), 4) for place, shares in found.items()}


def _begin(room: Workspace, comparison_id: int, judge: Judge) -> dict[str, list[int]]:
    """What this model has judged: by position how many pairs alike in both orders, of how many.

    What another model said is dropped: shares of two judges must not be mixed.
    """
    with room.session() as session:
        row = find(session, room, comparison_id, lock=True)
        kept = row.settings.get(JUDGED, {})
        if kept.get("model") == judge.model:
            return dict(kept["pairs"])
        row.settings = {**row.settings, JUDGED: {"model": judge.model, "pairs": {}}}
        one = tables.ComparisonAnswer
        of_it = (one.workspace_id == room.id, one.comparison_id == comparison_id)
        session.execute(sa.update(one).where(*of_it).values(scores=one.scores.op("-")(JUDGED)))
        return {}


def _keep(
    room: Workspace, comparison_id: int, pairs: Sequence[Pair], said: Sequence[tuple[float, bool]]
) -> None:
    counted: dict[str, list[int]] = {}
    for pair, (_, alike) in zip(pairs, said, strict=True):
        agreed, of = counted.get(str(pair.position), [0, 0])
        counted[str(pair.position)] = [agreed + alike, of + 1]
    with room.session() as session:
        for (position, approach), share in _shares(pairs, [share for share, _ in said]).items():
            answer: Any = session.get(tables.ComparisonAnswer, (comparison_id, position, approach))
            if answer is not None and answer.workspace_id == room.id:
                answer.scores = {**answer.scores, JUDGED: share}
        row = find(session, room, comparison_id, lock=True)
        kept = row.settings[JUDGED]
        row.settings = {**row.settings, JUDGED: {**kept, "pairs": {**kept["pairs"], **counted}}}


def _conclude(room: Workspace, comparison_id: int, judge: Judge, judged: Container[int]) -> float:
    """The report anew; the agreement is that over all its questions, whenever they were judged."""
    with room.session() as session:
        row = find(session, room, comparison_id, lock=True)
        counts = [count for at, count in row.settings[JUDGED]["pairs"].items() if int(at) in judged]
        agreed: float = sum(alike for alike, _ in counts) / sum(of for _, of in counts)
        said = (
            f"Judged by {judge.model}, every pair in both orders: in {agreed:.0%} of them it said the same "
            "both times. A judge has tastes of its own; its score never decides."
        )
        found = report_now(session, room, row)
        row.report = found.as_dict() | {"notes": [*found.notes, said]}
    return agreed
