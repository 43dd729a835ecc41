"""Guesses which columns hold the question and the answer. Used by pages and commands; people correct it."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from studio.errors import BadInput
from studio.training_sets.reading import Table

PROMPT_NAMES = (
    "question", "prompt", "instruction", "query", "utterance", "input", "user", "problem", "scenario",
    "frage", "otázka", "text", "description", "title",
)  # fmt: skip
COMPLETION_NAMES = (
    "answer", "completion", "response", "output", "reply", "assistant", "solution", "reference", "antwort",
    "odpoveď", "label", "intent", "category", "class", "tag", "target",
)  # fmt: skip
GROUP_NAMES = (
    "group", "group id", "document", "document id", "doc id", "page id", "conversation", "conversation id",
    "thread", "thread id", "ticket", "ticket id",
)  # fmt: skip
SAMPLE_ROWS = 500


@dataclass(frozen=True)
class Mapping:
    """Rows of one `group` stay on one side of the split; `guessed_by`: names, shape or you."""

    prompt: str
    completion: str
    group: str | None = None
    metadata: tuple[str, ...] = ()
    guessed_by: str = "you"

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "metadata": list(self.metadata)}


def guess_mapping(table: Table) -> Mapping:
    """By the header names; where they say nothing, by the shape of the columns' texts."""
    prompt = named_column(table.columns, PROMPT_NAMES)
    completion = named_column([column for column in table.columns if column != prompt], COMPLETION_NAMES)
    guessed_by = "names" if prompt and completion else "shape"
    prompt = prompt or _most_like_a_question(table, taken=completion)
    completion = completion or _most_like_an_answer(table, taken=prompt)
    return choose(table, prompt, completion, guessed_by=guessed_by)


def choose(
    table: Table, prompt: str, completion: str, group: str | None = None, guessed_by: str = "you"
) -> Mapping:
    """A mapping of existing columns; all others become metadata. Raises BadInput when one is missing."""
    for column in (prompt, completion, *([group] if group else [])):
        if column not in table.columns:
            raise BadInput(f"There is no column “{column}”; the table has {', '.join(table.columns)}.")
    if prompt == completion:
        raise BadInput(f"Question and answer cannot both be “{prompt}”: choose two columns.")
    rest = [column for column in table.columns if column not in (prompt, completion)]
    group = group or named_column(rest, GROUP_NAMES)
    return Mapping(prompt, completion, group, tuple(c for c in rest if c != group), guessed_by)


def named_column(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The column with the earliest wanted name; a whole name before a name that contains the word."""
    plain = {column: " ".join(re.split(r"[\W_]+", column.casefold())).strip() for column in columns}
    for name in wanted:
        for column in columns:
            if plain[column] in (name, name + "s"):
                return column
    for name in wanted:
        for column in columns:
            if name in plain[column].split() and len(plain[column].split()) <= 2:
                return column
    return None


def _most_like_a_question(table: Table, taken: str | None) -> str:
    def likeness(column: str) -> tuple[float, float]:
        texts = _sample(table, column)
        marks = sum(text.rstrip().endswith("?") for text in texts) / len(texts)
        spaced = sum(" " in text.strip() for text in texts) / len(texts)
        return (marks, spaced * len(set(texts)) / len(texts))

    return max((column for column in table.columns if column != taken), key=likeness)


def _most_like_an_answer(table: Table, taken: str) -> str:
    def likeness(column: str) -> float:
        texts = _sample(table, column)
        worded = sum(any(letter.isalpha() for letter in text) for text in texts) / len(texts)
        return worded * sum(min(len(text), 2000) for text in texts) / len(texts)

    return max((column for column in table.columns if column != taken), key=likeness)


def _sample(table: Table, column: str) -> list[str]:
    index = table.columns.index(column)
    return [row[index] for row in table.rows[:SAMPLE_ROWS]]
