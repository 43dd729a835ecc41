"""What the model will see of an example: its rendered text in pieces, learned or not, cut or not.

Called by pages, imports and commands; without torch, but rendered and cut as training does it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from studio.engine.example_tokens import example_row, is_plain_text
from studio.engine.folder_tokenizer import FolderTokenizer, folder_tokenizer
from studio.engine.prompts import asked, render_example
from studio.errors import BadInput
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import find_model
from studio.models.checking import TOKENIZER, check_config, read_config
from studio.models.folders import is_complete
from studio.settings import Settings
from studio.training_sets.examples import Candidate


class Piece(NamedTuple):
    """A stretch of the model's text; `cut` says that it does not fit and is never seen."""

    text: str
    trained: bool
    cut: bool


@dataclass(frozen=True)
class Seen:
    """The pieces give the model's text when joined; the counts are tokens."""

    pieces: tuple[Piece, ...]
    tokens: int
    trained_tokens: int
    cut_tokens: int


def tokenizers_here(settings: Settings) -> dict[str, Path]:
    """The folders of base models whose tokenizer is on this machine, by name; the bundled one first."""
    found = {CHAT_MODEL: find_model(CHAT_MODEL, settings).path}
    for folder in sorted((settings.data / "models").glob("*/")):
        name = folder.name.replace("--", "/")
        if is_complete(folder) and (folder / TOKENIZER).is_file() and _is_language_model(folder, name):
            found.setdefault(name, folder)
    return found


def _is_language_model(folder: Path, name: str) -> bool:
    """Not one for embeddings, which lies beside the others."""
    try:
        check_config(read_config(folder, name), name)
    except BadInput:
        return False
    return True


@dataclass(frozen=True)
class Measure:
    """What a base model reads: so many tokens, counted so with the template, which adds some; its marks."""

    limit: int
    count: Callable[[Candidate], int]
    template: int
    marks: frozenset[str]


def measure_of(settings: Settings, base_model: str = CHAT_MODEL, max_length: int = 0) -> Measure | None:
    """For checking many rows; None when the model is not here yet. `max_length` 0: all it can read."""
    model = find_model(base_model, settings)
    if not model.present:
        return None
    tokenizer = folder_tokenizer(model.path)
    config = json.loads((model.path / "config.json").read_text())
    context = int(config.get("max_position_embeddings") or 2048)
    marks = frozenset(token.content for token in tokenizer.added_tokens_decoder.values() if token.special)

    def count(row: Candidate) -> int:
        return len(example_row(tokenizer, row.content).tokens)

    return Measure(min(context, max_length or context), count, template_tokens(tokenizer), marks)


def seen(tokenizer: FolderTokenizer, example: Mapping[str, Any], limit: int) -> Seen:
    """An example (prompt, completion, history, context) as training would see it with `limit` tokens.

    Plain text is never cut: what does not fit is learned as another piece of it.
    """
    start, rest = render_example(tokenizer, asked(example), example["completion"])
    begun, said = tokenizer.encoding(start), tokenizer.encoding(rest)
    total = len(begun.ids) + len(said.ids)
    if is_plain_text(example):
        limit = max(limit, total)
    room = max(0, limit - len(begun.ids))
    nothing_learned = not room
    shown, hidden = _parted(start, begun.offsets, limit)
    learned, lost = _parted(rest, said.offsets, room)
    pieces = [
        Piece(shown, trained=False, cut=nothing_learned),
        Piece(hidden, trained=False, cut=True),
        Piece(learned, trained=True, cut=False),
        Piece(lost, trained=False, cut=True),
    ]
    kept = 0 if nothing_learned else min(total, limit)
    trained = max(0, kept - len(begun.ids))
    return Seen(tuple(piece for piece in pieces if piece.text), total, trained, total - kept)


def lengths(tokenizer: FolderTokenizer, rows: Iterator[Mapping[str, Any]]) -> Iterator[int]:
    """Tokens of each example in all, template included."""
    return (len(example_row(tokenizer, row).tokens) for row in rows)


def template_tokens(tokenizer: FolderTokenizer) -> int:
    """What the template itself adds to an example of one question."""
    return len(example_row(tokenizer, {"prompt": "?", "completion": "!"}).tokens) - 2


def _parted(text: str, offsets: list[tuple[int, int]], tokens: int) -> tuple[str, str]:
    """The text of the first tokens, and the rest."""
    if tokens >= len(offsets):
        return text, ""
    return text[: offsets[tokens][0]], text[offsets[tokens][0] :]
