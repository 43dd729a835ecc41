"""How long examples are in a base model's own tokens, and how many of them a limit would cut, without torch.

Called by the forecast, the run form and the `estimate` command. Rendered and counted as training does it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from studio.engine.example_tokens import example_row, is_plain_text
from studio.engine.folder_tokenizer import folder_tokenizer
from studio.models.catalogue import ModelFolder
from studio.store.database import Workspace
from studio.store.tables import Example

# Larger sets are counted by a sample spread evenly over short and long rows, so that a page need not wait.
MOST_COUNTED = 4_000
# Without a tokenizer: English has about 4 bytes a token in UTF-8; the template adds about 40 tokens.
BYTES_PER_TOKEN, TEMPLATE_TOKENS = 4, 40
TEXTS = (Example.prompt, Example.completion, Example.history, Example.context)


class Length(NamedTuple):
    """Tokens of an example's prompt and of all of it."""

    prompt: int
    total: int
    is_text: bool

    def pieces(self, limit: int | None) -> list[int]:
        """Tokens of each row that is trained on: cut off at the limit, or several pieces of plain text."""
        if limit is None or self.total <= limit:
            return [self.total]
        if self.prompt >= limit:
            return []
        if not self.is_text:
            return [limit]
        step, text = limit - self.prompt, self.total - self.prompt
        found = [self.prompt + min(step, text - at) for at in range(0, text, step)]
        return [tokens for tokens in found if tokens > 1]  # a single token follows nothing


@dataclass(frozen=True)
class Lengths:
    """Lengths of `counted` examples out of `examples`; not `by_tokenizer`: estimated from their bytes."""

    counted: tuple[Length, ...]
    examples: int
    by_tokenizer: bool

    @property
    def each(self) -> float:
        """How many examples one of the counted stands for."""
        return self.examples / max(1, len(self.counted))


@dataclass(frozen=True)
class LengthsSeen:
    """What becomes of the examples at a limit of tokens (None: there is no limit).

    `cut` examples lose the end of their completion, of `left_out` the prompt alone fills the limit.
    `exact`: every example was counted with the model's own tokenizer; `counted` is how many were.
    """

    longest: int
    p50: int
    p95: int
    p99: int
    cut: int
    left_out: int
    exact: bool
    limit: int | None
    examples: int
    counted: int

    @property
    def sentence(self) -> str:
        """For people, before the start."""
        about = "" if self.exact else "about "
        parts = []
        if self.cut:
            parts.append(
                f"{about}{_of(self.cut, self.examples)} longer than {self.limit} tokens and would be cut"
            )
        if self.left_out:
            parts.append(
                f"{about}{_of(self.left_out, self.examples)} left out, because the prompt alone fills "
                f"{self.limit} tokens"
            )
        if not parts:
            parts = [
                f"nothing is cut: the longest of {self.examples:,} examples has {about}{self.longest} tokens"
            ]
        text = "; ".join(parts)
        return f"{text[:1].upper()}{text[1:]}{self._basis}."

    @property
    def _basis(self) -> str:
        if self.exact:
            return ""
        if self.counted:
            return f" (counted on {self.counted:,} of them)"
        return " (estimated from their bytes: the model's tokenizer is not on this machine yet)"


def lengths_of_version(room: Workspace, model: ModelFolder, version_id: int) -> Lengths:
    """Of the examples that a version trains on. Remembered, since a version never changes."""
    file = model.path / "tokenizer.json"
    changed = file.stat().st_mtime_ns if file.is_file() else 0
    return _of_version(_Asked(str(room.settings.data), room.id, version_id, model.path, changed, room))


def lengths_of_rows(model: ModelFolder, rows: Iterable[Mapping[str, Any]]) -> Lengths:
    """Of examples (prompt, completion, history, context) that are not stored."""
    found = sorted(rows, key=_bytes, reverse=True)
    sample = found[:: _every(len(found))]
    return Lengths(tuple(_counted(model.path, sample)), len(found), _has_tokenizer(model.path))


def lengths_seen(found: Lengths, limit: int | None) -> LengthsSeen:
    """What a limit would do to examples of these lengths."""
    total = sorted(one.total for one in found.counted)
    out = sum(not one.pieces(limit) for one in found.counted)
    cut = sum(
        limit is not None and one.total > limit > one.prompt and not one.is_text for one in found.counted
    )
    whole = len(found.counted) == found.examples
    return LengthsSeen(
        longest=total[-1] if total else 0,
        p50=_percentile(total, 0.5),
        p95=_percentile(total, 0.95),
        p99=_percentile(total, 0.99),
        cut=math.ceil(cut * found.each) if cut else 0,
        left_out=math.ceil(out * found.each) if out else 0,
        exact=found.by_tokenizer and whole,
        limit=limit,
        examples=found.examples,
        counted=len(found.counted) if found.by_tokenizer else 0,
    )


@dataclass(frozen=True)
class _Asked:
    """What the answer depends on; `room` only says where to ask."""

    data: str
    workspace: int
    version_id: int
    folder: Path
    changed: int
    room: Workspace = field(compare=False)


@lru_cache(maxsize=16)
def _of_version(asked: _Asked) -> Lengths:
    length = sum((sa.func.octet_length(sa.cast(text, sa.Text)) for text in TEXTS), start=sa.literal(0))
    mine = (
        Example.workspace_id == asked.workspace,
        Example.version_id == asked.version_id,
        Example.split == "train",
    )
    with asked.room.session() as session:
        order = session.scalars(sa.select(Example.position).where(*mine).order_by(length.desc())).all()
        chosen = order[:: _every(len(order))]
        rows = session.execute(sa.select(*TEXTS).where(*mine, Example.position.in_(chosen))).mappings()
        counted = _counted(asked.folder, [dict(row) for row in rows])
    return Lengths(tuple(counted), len(order), _has_tokenizer(asked.folder))


def _every(examples: int) -> int:
    return max(1, math.ceil(examples / MOST_COUNTED))


def _has_tokenizer(folder: Path) -> bool:
    return (folder / "tokenizer.json").is_file()


def _counted(folder: Path, rows: Sequence[Mapping[str, Any]]) -> list[Length]:
    if not _has_tokenizer(folder):
        return [_guessed(row) for row in rows]
    tokenizer = folder_tokenizer(folder)
    found = []
    for row in rows:
        tokens = example_row(tokenizer, row)
        found.append(Length(tokens.prompt_length, len(tokens.tokens), is_plain_text(row)))
    return found


def _guessed(row: Mapping[str, Any]) -> Length:
    answer = len(row["completion"].encode()) // BYTES_PER_TOKEN
    prompt = (_bytes(row) - len(row["completion"].encode())) // BYTES_PER_TOKEN
    is_text = is_plain_text(row)
    start = 1 if is_text else prompt + TEMPLATE_TOKENS
    return Length(start, start + answer, is_text)


def _bytes(row: Mapping[str, Any]) -> int:
    told = [turn["content"] for turn in row.get("history") or ()]
    shown = [
        part for passage in row.get("context") or () for part in (passage.get("title", ""), passage["text"])
    ]
    return sum(len(text.encode()) for text in (row["prompt"], row["completion"], *told, *shown))


def _percentile(ordered: list[int], share: float) -> int:
    """The value that `share` of the examples do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0


def _of(count: int, examples: int) -> str:
    return f"{count:,} of {examples:,} examples {'is' if count == 1 else 'are'}"
