"""Rows with a known number of each defect, made from a seed. Used by the quality bench and its test."""

import random
from dataclasses import dataclass

from bench.planted import numbers, texts
from bench.planted.faults import PLANT, with_piece
from bench.planted.plan import Plan, Row
from studio.training_sets.examples import Candidate

COUNTS = {
    "duplicate": 150,
    "near_duplicate": 200,
    "contradiction": 80,
    "empty_question": 50,
    "empty_answer": 50,
    "one_word_answer": 60,
    "too_long": 40,
    "broken_text": 90,
    "html": 110,
    "mixed_language": 80,
    "personal_data": 200,
    "secret": 130,
    "special_token": 80,
    "bidi": 70,
    "leakage": 60,
    "near_leakage": 60,
}
DECOYS: dict[str, tuple[str, ...]] = {
    "broken_text": texts.ACCENTED_DECOYS,
    "html": texts.HTML_DECOYS,
    "special_token": texts.TOKEN_DECOYS,
    "bidi": texts.INVISIBLE_DECOYS,
}
DECOYS_OF_EACH = 60


@dataclass
class Planted:
    """The rows, numbered from 2, the numbers that show each defect, and questions asked elsewhere."""

    rows: list[Candidate]
    expected: dict[str, set[int]]
    against: tuple[str, ...]


def plant(seed: int, total: int = 5_000, share: float = 1.0) -> Planted:
    """`total` rows; `share` of the usual number of each defect, the rest clean or decoys."""
    plan = Plan(random.Random(seed))
    for kind, count in COUNTS.items():
        for _ in range(round(count * share)):
            PLANT[kind](plan)
    _put_decoys(plan, round(DECOYS_OF_EACH * share))
    while len(plan.rows) < total:
        plan.put(plan.clean())
    plan.chance.shuffle(plan.rows)
    rows = [Candidate(number, *row) for number, (row, _) in enumerate(plan.rows, 2)]
    return Planted(rows, _expected(plan), tuple(plan.against))


def _expected(plan: Plan) -> dict[str, set[int]]:
    """Kinds that come in groups, such as “duplicate 7”, mark all rows of the group but the first."""
    expected: dict[str, set[int]] = {kind: set() for kind in COUNTS}
    met: set[str] = set()
    for number, (_, named) in enumerate(plan.rows, 2):
        kind = named.partition(" ")[0]
        if kind and (kind not in ("duplicate", "near_duplicate") or named in met):
            expected[kind].add(number)
        met.add(named)
    return expected


def _put_decoys(plan: Plan, count: int) -> None:
    for examples in DECOYS.values():
        for _ in range(count):
            plan.put(with_piece(plan, plan.chance.choice(examples)))
    for makers in (numbers.PERSONAL_DECOYS, numbers.SECRET_DECOYS):
        for turn in range(2 * count):
            plan.put(with_piece(plan, makers[turn % len(makers)](plan.chance)))
    for _ in range(count):
        question, answer = plan.clean()
        plan.put((question, answer))
        plan.put(_other_meaning(plan, question, answer))


def _other_meaning(plan: Plan, question: str, answer: str) -> Row:
    """Looks like the row, but asks something else: another number, part or machine, or the opposite."""
    words = question.split()
    swaps = [
        (old, plan.chance.choice(group))
        for group in (texts.PARTS, texts.MACHINES)
        for old in group
        if old in words
    ]
    changed = question
    if swaps and plan.chance.random() < 0.6:
        changed = question.replace(*plan.chance.choice(swaps))
    if changed == question:
        changed = question.replace("?", f" on line {plan.chance.randint(3, 99)}?")
    if changed in plan.used:
        return plan.clean()
    plan.used.add(changed)
    return changed, plan.clean()[1] if plan.chance.random() < 0.5 else answer.replace(
        ".", f" at step {plan.chance.randint(3, 99)}.", 1
    )


def labelled(seed: int, majority: float) -> list[Candidate]:
    """300 rows with one of three labels; `majority` is the share of the first."""
    plan = Plan(random.Random(seed))
    rows = [plan.clean()[0] for _ in range(300)]
    labels = ["fault"] * round(300 * majority) + ["order", "other"] * 150
    return [
        Candidate(number, row, label)
        for number, (row, label) in enumerate(zip(rows, labels, strict=False), 2)
    ]
