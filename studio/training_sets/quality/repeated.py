"""Rows that repeat or contradict others, or stand on both sides of a split. Called by examine."""

import numpy as np

from studio.training_sets.quality.looking import Look
from studio.training_sets.quality.near import NearRows
from studio.training_sets.ties import Numbers, tied


def repetitions(look: Look, near: NearRows) -> dict[str, list[int]]:
    """`duplicate` and `near_duplicate`: every row but the first of those that say the same."""
    usable = np.flatnonzero(look.column("usable")[: look.own])
    exact = _later(look.column("exact")[usable])
    nearly = _later(near.parts[usable]) & ~exact
    return {"duplicate": usable[exact].tolist(), "near_duplicate": usable[nearly].tolist()}


def contradictions(look: Look, near: NearRows) -> tuple[list[int], dict[str, list[int]]]:
    """Rows whose question has answers that are not nearly the same, and which of them a remedy drops.

    `contradiction` keeps the most frequent answer, the newest of equally frequent ones, and
    `contradiction_newest` the newest; without dates a row is newer the later it stands.
    """
    usable = np.flatnonzero(look.column("usable")[: look.own])
    questions, answers = look.column("question")[usable], near.parts[usable]
    ages = np.lexsort((usable, look.column("day")[usable]))
    newness = np.empty(len(usable), np.int64)
    newness[ages] = np.arange(len(usable))
    order = _repeated(questions)
    rows: list[int] = []
    dropped: dict[str, list[int]] = {"contradiction": [], "contradiction_newest": []}
    for group in np.split(order, np.flatnonzero(np.diff(questions[order])) + 1):
        if len(group) < 2 or (answers[group] == answers[group[0]]).all():
            continue
        rows += usable[group].tolist()
        kinds, counts = np.unique(answers[group], return_counts=True)
        newest = {kind: newness[group[answers[group] == kind]].max() for kind in kinds}
        common = max(zip(kinds, counts, strict=True), key=lambda kind: (kind[1], newest[kind[0]]))[0]
        latest = max(kinds, key=lambda kind: newest[kind])
        dropped["contradiction"] += usable[group[answers[group] != common]].tolist()
        dropped["contradiction_newest"] += usable[group[answers[group] != latest]].tolist()
    return sorted(rows), {name: sorted(found) for name, found in dropped.items()}


def leaks(look: Look, near: NearRows) -> dict[str, list[int]]:
    """Rows trained on whose question is, or is almost, one that is held out or asked in a question set."""
    held = look.column("held_out") == 1
    if not held.any():
        return {}
    questions = look.column("question")
    usable = look.column("usable") == 1
    exact = np.isin(questions, questions[held & usable]) & ~held & usable
    bare = look.column("bare_question")
    nearly = np.isin(bare, bare[held & usable])
    for one, other in near.asked_alike:
        if held[one] != held[other]:
            nearly[other if held[one] else one] = True
    nearly &= ~held & ~exact & usable
    return {"leakage": np.flatnonzero(exact).tolist(), "near_leakage": np.flatnonzero(nearly).tolist()}


def clusters(look: Look, near: NearRows) -> list[list[int]]:
    """Numbers of the rows that a split must not part: near duplicates, and nearly the same questions."""
    ties = (np.array(pair) for pair in near.asked_alike)
    parts = tied(len(near.parts), [near.parts + 1], ties)[: look.own]
    order = _repeated(parts)
    numbers = look.column("number")
    groups = np.split(order, np.flatnonzero(np.diff(parts[order])) + 1) if look.own else []
    named = (sorted(set(numbers[group].tolist())) for group in groups if len(group) > 1)
    return [group for group in named if len(group) > 1]


def _repeated(keys: Numbers) -> Numbers:
    """Where the keys stand that occur more than once, sorted by them: of millions only these are grouped."""
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    return order[np.append(same, False) | np.append(False, same)] if len(order) else order


def _later(keys: Numbers) -> Numbers:
    """Which are not the first with their key."""
    later = np.ones(len(keys), bool)
    later[np.unique(keys, return_index=True)[1]] = False
    return later
