"""The data of docs/proof.md: files for `advise --pilot`, and what theory says must come out. Called by proof.

The public sets lie in the folder that STUDIO_REALDATA names; nothing of their text is kept here.
"""

import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SEED = 17
INTENTS, TRAINED_ROWS, ASKED_ROWS = 10, 40, 10  # of banking77: the first intents by name, rows of each
PAGES_TO_LEARN, PAGES_TO_ASK, ANSWERABLE, UNANSWERABLE = 40, 30, 45, 15  # of medquad
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
_FEWEST_WORDS, _MOST_WORDS = 5, 60

Row = dict[str, str]


@dataclass(frozen=True)
class Claim:
    """One approach is expected to score more than another by the metric that decides."""

    better: str
    worse: str


@dataclass(frozen=True)
class Case:
    """`prepare` writes files into a folder and gives the arguments of `advise --pilot` that name them."""

    name: str
    title: str
    scope: str
    prepare: Callable[[Path, Path], list[str]]
    claims: tuple[Claim, ...]
    questions: int
    minutes: float
    answers: tuple[tuple[str, Any], ...] = ()


def _facts(folder: Path, _: Path) -> list[str]:
    return _arguments(SAMPLES / "documents", SAMPLES / "examples.csv", SAMPLES / "questions.csv")


def _labels(folder: Path, public: Path) -> list[str]:
    """The documents are the labelled examples themselves: what RAG can know of a label task."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for row in _read(public / "csv_banking77" / "train.csv"):
        by_intent[row["category"]].append(row["text"].strip())
    chance, learned, asked = random.Random(SEED), [], []
    for intent in sorted(by_intent)[:INTENTS]:
        texts = chance.sample(sorted(set(by_intent[intent])), TRAINED_ROWS + ASKED_ROWS)
        learned += [{"text": text, "category": intent} for text in texts[:TRAINED_ROWS]]
        asked += [{"question": text, "reference": intent} for text in texts[TRAINED_ROWS:]]
    chance.shuffle(learned)
    examples = _write(folder / "examples.csv", learned)
    questions = _write(folder / "questions.csv", asked)
    return _arguments(examples, examples, questions)


def _passages(folder: Path, public: Path) -> list[str]:
    """Some pages to learn to answer from, others to be asked about, and questions about absent ones."""
    source = public / "medquad"
    learned, asked = (_first_sentences(_read(source / f"{name}.csv")) for name in ("examples", "questions"))
    chance = random.Random(SEED)
    to_learn = set(chance.sample(sorted({row["page_id"] for row in learned}), PAGES_TO_LEARN))
    order = chance.sample(sorted({row["page_id"] for row in asked}), len({row["page_id"] for row in asked}))
    to_ask, absent = set(order[:PAGES_TO_ASK]), set(order[PAGES_TO_ASK:])
    answerable = _some(chance, (row for row in asked if row["page_id"] in to_ask), ANSWERABLE)
    unanswerable = _some(chance, (row for row in asked if row["page_id"] in absent), UNANSWERABLE)
    questions = [
        {
            "question": row["question"],
            "reference": row["answer"],
            "answerable": "yes",
            "document": row["page_id"],
        }
        for row in answerable
    ] + [
        {"question": row["question"], "reference": "", "answerable": "no", "document": ""}
        for row in unanswerable
    ]
    examples = [
        {"question": r["question"], "answer": r["answer"]} for r in learned if r["page_id"] in to_learn
    ]
    pages = folder / "pages.jsonl"
    with (source / "pages.jsonl").open(encoding="utf-8") as lines, pages.open("w", encoding="utf-8") as kept:
        kept.writelines(line for line in lines if json.loads(line)["_id"] in to_learn | to_ask)
    return _arguments(
        pages, _write(folder / "examples.csv", examples), _write(folder / "questions.csv", questions)
    )


CASES = (
    Case(
        "facts",
        "Facts of a trade no model knows",
        "`samples/`: 15 documents and 240 examples of a made-up trade; 60 held-out questions, of which the "
        "documents do not answer 12, and 16 ask in other words for what an example says.",
        _facts,
        (Claim("rag", "base"), Claim("rag+fine-tuned", "fine-tuned")),
        questions=60,
        minutes=14,
        answers=(("needs_sources", True),),
    ),
    Case(
        "labels",
        "Texts into ten labels",
        "banking77 (PolyAI, CC BY 4.0), the first ten intents by name: 40 rows of each to learn from, which "
        "are also the documents, and 10 others of each to be asked.",
        _labels,
        (Claim("fine-tuned", "rag"), Claim("fine-tuned", "base")),
        questions=100,
        minutes=12,
    ),
    Case(
        "passages",
        "Answers that stand on pages",
        "MedQuAD (CC BY 4.0): 70 pages of health institutes; the first sentence of each answer. Learned from "
        "the questions to 40 pages, asked about the 30 others and, 15 times, about pages that are not there.",
        _passages,
        (Claim("rag+fine-tuned", "rag"), Claim("rag+fine-tuned", "fine-tuned"), Claim("rag", "fine-tuned")),
        questions=60,
        minutes=14,
    ),
)


def _first_sentences(rows: Iterable[Row]) -> list[Row]:
    """The first answer of each question, cut to its first sentence; lists and fragments are left out."""
    found: dict[str, Row] = {}
    for row in rows:
        text = " ".join(row["answer"].split())
        sentence = _SENTENCE_END.split(text)[0]
        fits = _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS and sentence.endswith(".")
        if fits and not sentence.startswith("-"):
            question = row["question"].replace(" ?", "?").strip()
            found.setdefault(question, {"question": question, "answer": sentence, "page_id": row["page_id"]})
    return list(found.values())


def _some(chance: random.Random, rows: Iterable[Row], most: int) -> list[Row]:
    there = sorted(rows, key=lambda row: row["question"])
    return chance.sample(there, min(most, len(there)))


def _arguments(documents: Path, examples: Path, questions: Path) -> list[str]:
    return ["--documents", str(documents), "--examples", str(examples), "--questions", str(questions)]


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
