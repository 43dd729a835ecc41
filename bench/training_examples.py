"""The examples that bench/training.py trains on, made from the sample's: full answers, and RAFT."""

import csv
import random
from itertools import cycle, islice
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "examples.csv"
# sentences of an answer, passages of a prompt: as uneven as a team's own
LONG, MANY = (3, 9, 5, 8, 2, 6), (2, 5, 3, 4, 4, 2)
PASSAGE_SENTENCES = 2


def full_answers(count: int) -> list[dict[str, Any]]:
    """Short questions, long answers: most tokens are learned."""
    answers = _answers()
    sizes = islice(cycle(LONG), count)
    return [
        {"prompt": f"{answers[size + at][0]} Tell me more.", "completion": _joined(answers, 10 * at, size)}
        for at, size in enumerate(sizes)
    ]


def passages_and_short_answers(count: int) -> list[dict[str, Any]]:
    """RAFT: the right passage among others, then one sentence: few tokens are learned."""
    answers, made = _answers(), []
    for at, number in enumerate(islice(cycle(MANY), count)):
        question, answer = answers[10 * at]
        texts = [_joined(answers, 10 * at + PASSAGE_SENTENCES * n, PASSAGE_SENTENCES) for n in range(number)]
        context = [{"title": "Handbook", "text": text} for text in texts]
        made.append({"prompt": question, "completion": f"{answer} [1]", "context": context})
    return made


def single_answers(count: int) -> list[dict[str, Any]]:
    """The sample's own examples."""
    return [{"prompt": question, "completion": answer} for question, answer in _answers()[:count]]


def _answers() -> list[tuple[str, str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = [(row["question"], row["answer"]) for row in csv.DictReader(file)]
    random.Random(1).shuffle(rows)
    return rows


def _joined(answers: list[tuple[str, str]], start: int, count: int) -> str:
    return " ".join(answers[(start + at) % len(answers)][1] for at in range(count))
