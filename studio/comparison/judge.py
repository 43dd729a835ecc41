"""A language model of any OpenAI-compatible server as a judge: which of two answers is better.

It is asked twice with the answers swapped, so that a liking for the first or the second place cancels out.
What it says stands beside the other scores and never decides: it has its own tastes, for length above all.
Called by `compare --judge`.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from studio.approaches import COMPETING
from studio.comparison.results import find, report_now, stored_answers
from studio.comparison.selection import chosen_questions
from studio.engine.client import Engine, open_engine
from studio.engine.prompts import Message, judged_pair
from studio.errors import BadInput
from studio.store import tables
from studio.store.database import Workspace

JUDGED = "judged"
ANSWER_TOKENS = 8
_VERDICT = re.compile(r"\W*(?:answer\W*)?(?:(a|1|first)|(b|2|second))\b", re.IGNORECASE)


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


def judge_comparison(room: Workspace, comparison_id: int, judge: Judge) -> float:
    """Judge all pairs of answers to answerable questions, and keep the shares and the report.

    Returns the share of pairs judged alike in both orders. Raises BadInput where there is nothing to judge.
    """
    with room.session() as session:
        row = find(session, room, comparison_id)
        questions, _ = chosen_questions(session, room, row)
        answers = {(one.position, one.approach): one.answer for one in stored_answers(session, room, row.id)}
    asked = {at: one for at, one in questions.items() if one.answerable}
    pairs = [
        Pair(at, a, b)
        for at in asked
        for a, b in combinations([name for name in COMPETING if (at, name) in answers], 2)
    ]
    if not pairs:
        raise BadInput("There are no two answers to the same question to be judged.")
    prompts = [
        judged_pair(question.question, question.reference, *(answers[one.position, name] for name in order))
        for one in pairs
        for question in (asked[one.position],)
        for order in ((one.a, one.b), (one.b, one.a))
    ]
    said = preferences(_replies(judge.engine(room), prompts))
    _keep(room, comparison_id, _shares(pairs, [share for share, _ in said]))
    agreed = sum(alike for _, alike in said) / len(said)
    _note(room, comparison_id, judge, agreed)
    return agreed


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


def _keep(room: Workspace, comparison_id: int, shares: Mapping[tuple[int, str], float]) -> None:
    with room.session() as session:
        for (position, approach), share in shares.items():
            row: Any = session.get(tables.ComparisonAnswer, (comparison_id, position, approach))
            if row is not None and row.workspace_id == room.id:
                row.scores = {**row.scores, JUDGED: share}


def _note(room: Workspace, comparison_id: int, judge: Judge, agreed: float) -> None:
    said = (
        f"Judged by {judge.model}, every pair in both orders: in {agreed:.0%} of them it said the same both "
        "times. A judge has tastes of its own; its score never decides."
    )
    with room.session() as session:
        row = find(session, room, comparison_id)
        found = report_now(session, room, row)
        row.report = found.as_dict() | {"notes": [*found.notes, said]}
