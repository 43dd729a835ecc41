"""Guesses which columns hold the question and the answer. Used by pages and commands; people correct it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import islice
from typing import Any, Literal, Protocol, get_args

from studio.errors import BadInput

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


Shape = Literal["pairs", "instruction", "messages", "conversations", "label", "text"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


class Rows(Protocol):
    """A table, in memory or on disk; its rows are numbered as a spreadsheet does."""

    @property
    def columns(self) -> list[str]: ...

    def numbered(self) -> Iterator[tuple[int, list[str]]]: ...


@dataclass(frozen=True)
class Mapping:
    """Which columns make an example. `guessed_by`: names, content or you.

    A chat has its turns in `completion`, plain text has its text there, and neither has a prompt. Rows
    of one `group` stay on one side of the split. `template` joins columns into the prompt, such as
    “{question} ({product})”.
    """

    shape: Shape = "pairs"
    prompt: str | None = None
    completion: str | None = None
    group: str | None = None
    metadata: tuple[str, ...] = ()
    template: str | None = None
    system: str | None = None
    input: str | None = None
    date: str | None = None
    guessed_by: str = "you"

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "metadata": list(self.metadata)}


def from_dict(stored: dict[str, Any]) -> Mapping:
    """A mapping as it was stored; what is not in it gets its default."""
    known = {field.name for field in fields(Mapping)} & set(stored)
    return Mapping(**{name: stored[name] for name in known} | {"metadata": tuple(stored.get("metadata", ()))})


def guess_mapping(table: Rows) -> Mapping:
    """By the header names; where they say nothing, by the shape of the columns' texts."""
    prompt = named_column(table.columns, PROMPT_NAMES)
    completion = named_column([column for column in table.columns if column != prompt], COMPLETION_NAMES)
    guessed_by = "names" if prompt and completion else "content"
    prompt = prompt or _most_like_a_question(table, taken=completion)
    completion = completion or _most_like_an_answer(table, taken=prompt)
    return choose(table, Mapping(prompt=prompt, completion=completion, guessed_by=guessed_by))


def choose(table: Rows, wanted: Mapping) -> Mapping:
    """The mapping with all other columns as metadata. Raises BadInput when it does not fit the table."""
    for column in (wanted.prompt, wanted.completion, wanted.group):
        if column and column not in table.columns:
            raise BadInput(f"There is no column “{column}”; the table has {', '.join(table.columns)}.")
    if wanted.prompt == wanted.completion:
        raise BadInput(f"Question and answer cannot both be “{wanted.prompt}”: choose two columns.")
    rest = [column for column in table.columns if column not in (wanted.prompt, wanted.completion)]
    group = wanted.group or named_column(rest, GROUP_NAMES)
    return replace(wanted, group=group, metadata=tuple(c for c in rest if c != group))


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


def _most_like_a_question(table: Rows, taken: str | None) -> str:
    def likeness(column: str) -> tuple[float, float]:
        texts = _sample(table, column)
        marks = sum(text.rstrip().endswith("?") for text in texts) / len(texts)
        spaced = sum(" " in text.strip() for text in texts) / len(texts)
        return (marks, spaced * len(set(texts)) / len(texts))

    return max((column for column in table.columns if column != taken), key=likeness)


def _most_like_an_answer(table: Rows, taken: str) -> str:
    def likeness(column: str) -> float:
        texts = _sample(table, column)
        worded = sum(any(letter.isalpha() for letter in text) for text in texts) / len(texts)
        return worded * sum(min(len(text), 2000) for text in texts) / len(texts)

    return max((column for column in table.columns if column != taken), key=likeness)


def _sample(table: Rows, column: str) -> list[str]:
    index = table.columns.index(column)
    return [row[index] for _, row in islice(table.numbered(), SAMPLE_ROWS)]
