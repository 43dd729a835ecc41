"""How much a language model can read, and how long a prompt is at most. Called by client and library."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.engine.prompts import Message
from studio.models.catalogue import known_model

CAPABLE_BILLIONS = 1.0  # from here on models follow instructions about a text; see DECISIONS.md
CONTEXT_ASSUMED = 4096  # what servers such as Ollama cut prompts to, silently, unless told otherwise
_TURN_TOKENS = 8  # the marks around a message, and the system text some templates add
_TEMPLATE_TOKENS = 48
# vLLM, OpenRouter and LM Studio, our own engine
_CONTEXT_NAMES = ("max_model_len", "context_length", "max_context_length", "context_tokens")
_SIZE_IN_NAME = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?([bBmM])(?![a-zA-Z])")
_LETTERS = re.compile(r"[A-Za-z\s]")  # two and more make a token; other signs may take one to three each
_FOREIGN = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class ChatModelCard:
    """What is known of the model that answers; `billions` of parameters is None where nobody says."""

    name: str
    context_tokens: int
    billions: float | None

    @property
    def capable(self) -> bool:
        """May it be asked to rewrite and summarise? A server's model of unknown size is taken for large."""
        return self.billions is None or self.billions >= CAPABLE_BILLIONS


def card_of(name: str, said: Mapping[str, Any]) -> ChatModelCard:
    """`said` is the server's entry in /v1/models; what it leaves out comes from the catalogue or the name."""
    known = known_model(name)
    told = next((int(said[key]) for key in _CONTEXT_NAMES if said.get(key)), 0)
    context = told or (known.context if known else CONTEXT_ASSUMED)
    billions = known.parameters if known else said.get("billions") or _billions_in(name)
    return ChatModelCard(name, context, billions)


def most_tokens(messages: Sequence[Message]) -> int:
    """Tokens that no usual tokenizer exceeds, one made for English texts only included."""
    return _TEMPLATE_TOKENS + sum(_most_tokens(message["content"]) + _TURN_TOKENS for message in messages)


def _most_tokens(text: str) -> int:
    letters, foreign = len(_LETTERS.findall(text)), len(_FOREIGN.findall(text))
    rare = sum(character > "\uffff" for character in text)
    signs = len(text) - letters - foreign
    return math.ceil(letters / 2 + 1.4 * signs + 2.2 * foreign + rare)


def _billions_in(name: str) -> float | None:
    size = _SIZE_IN_NAME.search(re.sub(r"[-_:/]", " ", name))
    if size is None:
        return None
    return float(size[1]) / (1 if size[2] in "bB" else 1000)
