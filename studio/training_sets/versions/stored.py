"""One example as it is stored in a version or in a draft. Used by all that write or read examples."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from studio.store.tables import Example
from studio.training_sets.examples import Candidate, passages_of, turns_of

Split = Literal["train", "held_out"]
CONTENT = (
    "prompt",
    "completion",
    "history",
    "context",
    "group_key",
    "split",
    "origin",
    "reviewed",
    "source",
    "extra",
)


@dataclass(frozen=True)
class ExampleView:
    """One stored example; `position` counts from 0.

    `history` are the turns before the prompt ({"role", "content"}), `context` the passages shown with it
    ({"title", "text"}).
    """

    position: int
    prompt: str
    completion: str
    group: str = ""
    split: str = "train"
    extra: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, str]] = field(default_factory=list)
    context: list[dict[str, str]] = field(default_factory=list)
    origin: str = "table"
    reviewed: bool = True
    source: dict[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> dict[str, Any]:
        """What a draft keeps of it, and the columns of its row."""
        return {name: self.group if name == "group_key" else getattr(self, name) for name in CONTENT}

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that matters to training; where it came from does not."""
        hashed = [getattr(self, name) for name in ("prompt", "completion", "history", "context")]
        hashed += [self.group, self.split, self.origin, self.reviewed, self.extra]
        canonical = json.dumps(hashed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).digest()


def of_row(row: Example) -> ExampleView:
    """The example of a stored row."""
    return of_content(row.position, {name: getattr(row, name) for name in CONTENT})


def of_content(position: int, content: Mapping[str, Any]) -> ExampleView:
    """The example of a draft's content."""
    others = {name: content[name] for name in CONTENT if name != "group_key"}
    return ExampleView(position=position, group=content["group_key"], **others)


def of_candidate(position: int, row: Candidate, group: str, split: str) -> ExampleView:
    """The example that a row of a table becomes."""
    return ExampleView(
        position=position,
        group=group,
        split=split,
        extra=dict(row.extra),
        origin=row.origin,
        reviewed=row.reviewed,
        source=dict(row.source),
        **row.content,
    )


def as_candidate(example: ExampleView) -> Candidate:
    """The example as what is checked and split; its position is its number."""
    return Candidate(
        number=example.position,
        prompt=example.prompt,
        completion=example.completion,
        group=example.group,
        history=turns_of(example.history),
        context=passages_of(example.context),
        origin=example.origin,
        reviewed=example.reviewed,
        source=example.source,
        extra=example.extra,
        split=example.split,
    )
