"""One would-be example of a training set, whatever it was made from. Used by quality, splits and versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Turn = tuple[str, str]
"""Who said it (system, user or assistant) and what."""


@dataclass(frozen=True)
class Candidate:
    """A prompt and its completion, trimmed; `number` is the row in the spreadsheet.

    `history` are the turns before the prompt, `context` the passages shown with it (title and text each).
    Plain text has no prompt. `fault` says why a row cannot be read as an example; it has no texts then.
    `split` is train or held_out where the table itself says so. `omitted` says what of the row is not in it.
    """

    number: int
    prompt: str
    completion: str
    group: str = ""
    history: tuple[Turn, ...] = ()
    context: tuple[tuple[str, str], ...] = ()
    origin: str = "table"
    reviewed: bool = True
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)
    dated: date | None = None
    fault: str = ""
    split: str = ""
    omitted: tuple[str, ...] = ()

    @property
    def characters(self) -> int:
        """Of all its texts."""
        around = [text for _, text in self.history] + [part for passage in self.context for part in passage]
        return sum(len(text) for text in (self.prompt, self.completion, *around))

    @property
    def content(self) -> dict[str, Any]:
        """What the model learns from, in the form it is stored in."""
        return {
            "prompt": self.prompt,
            "completion": self.completion,
            "history": [{"role": role, "content": text} for role, text in self.history],
            "context": [{"title": title, "text": text} for title, text in self.context],
        }


def turns_of(stored: Iterable[Mapping[str, str]]) -> tuple[Turn, ...]:
    """The history in the form it is stored in, read back; raises KeyError and TypeError."""
    return tuple((turn["role"], turn["content"]) for turn in stored)


def passages_of(stored: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """The context in the form it is stored in, read back; raises KeyError and TypeError."""
    return tuple((passage["title"], passage["text"]) for passage in stored)


def plain(text: str) -> str:
    """How texts are compared: case and white space do not make two questions different."""
    return " ".join(text.casefold().split())
