"""The general questions and how an answer to one is judged. Pure; called by the job and where it is shown."""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

FILE = Path(__file__).with_name("questions.toml")
_EDGES = " \t\n.!'\"“”‘’*`"


@dataclass(frozen=True)
class GeneralQuestion:
    """`right` are the answers that count; `reference` is the one whose likelihood is measured."""

    key: str
    kind: str
    prompt: str
    how: Literal["exact", "contains"]
    right: tuple[str, ...]
    reference: str

    def is_right(self, answer: str) -> bool:
        """Case counts where an answer is asked for in capital letters."""
        if self.how == "exact":
            return answer.strip(_EDGES).casefold() in {one.casefold() for one in self.right}
        return any(_stands_in(one, answer) for one in self.right)


@cache
def general_questions() -> tuple[GeneralQuestion, ...]:
    """In the order of the file."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["question"]
    return tuple(GeneralQuestion(**{**row, "right": tuple(row["right"])}) for row in rows)


@cache
def digest() -> str:
    """The sha256 of the questions: answers to others are not compared with these."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()


def kinds(questions: Sequence[GeneralQuestion]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(one.kind for one in questions))


def _stands_in(wanted: str, answer: str) -> bool:
    flags = 0 if wanted.isupper() and len(wanted) > 1 else re.IGNORECASE
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", answer, flags) is not None
