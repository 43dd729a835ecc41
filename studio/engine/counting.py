"""Counts the tokens of a conversation as the bundled model reads it. Called by the engine's API.

It has a tokenizer of its own: the chat model's is busy on the generation thread while answers are written.
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from studio.engine.prompts import Message, render
from studio.models.bundled import ensure_bundled
from studio.settings import Settings


class Counting:
    """Loads the tokenizer when it is first asked; safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens up to where the answer begins."""
        with self._lock:
            text = render(self._tokenizer, messages)
            return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    @cached_property
    def _tokenizer(self) -> Any:
        # here and not at the top: the API answers /health before transformers is imported
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(ensure_bundled(self._settings), local_files_only=True)
