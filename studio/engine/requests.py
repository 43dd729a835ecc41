"""Reads and checks the JSON bodies that OpenAI clients send. Called by the engine's server."""

from dataclasses import dataclass
from typing import Any

from studio.engine.prompts import Message
from studio.errors import BadInput

MAX_TEXTS = 2048
MAX_ANSWER_TOKENS = 4096


@dataclass(frozen=True)
class ChatBody:
    """A checked chat request; `adapter` is None for the base model, `reference` is to be judged beside."""

    model: str
    messages: list[Message]
    adapter: int | None
    max_tokens: int
    stream: bool
    reference: str = ""


@dataclass(frozen=True)
class EmbedBody:
    """A checked embeddings request."""

    model: str
    texts: list[str]
    base64: bool


def read_chat(body: Any, base: str) -> ChatBody:
    """Raise BadInput with one sentence for anything this server does not do."""
    fields = _object(body)
    if fields.get("temperature") not in (None, 0, 0.0):
        raise BadInput("This engine answers greedily; leave temperature out or set it to 0.")
    if fields.get("n") not in (None, 1):
        raise BadInput("This engine gives one answer to a question; leave n out.")
    model = str(fields.get("model", ""))
    limit = fields.get("max_completion_tokens") or fields.get("max_tokens") or 256
    if not isinstance(limit, int) or not 1 <= limit <= MAX_ANSWER_TOKENS:
        raise BadInput(f"max_tokens must be a number from 1 to {MAX_ANSWER_TOKENS}.")
    reference = fields.get("reference") or ""
    if not isinstance(reference, str):
        raise BadInput("reference must be a text.")
    stream = bool(fields.get("stream"))
    return ChatBody(model, _messages(fields), _adapter(model, base), limit, stream, reference)


def read_embed(body: Any) -> EmbedBody:
    """Texts may come alone or as a list, as OpenAI allows."""
    fields = _object(body)
    model = fields.get("model")
    if not isinstance(model, str):
        raise BadInput("model must be the name of an embedding model.")
    given = fields.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise BadInput("input must be a text or a list of texts.")
    if len(texts) > MAX_TEXTS:
        raise BadInput(f"Send at most {MAX_TEXTS} texts in one request.")
    return EmbedBody(model, texts, fields.get("encoding_format") == "base64")


def read_messages(body: Any) -> list[Message]:
    """The conversation alone, for counting its tokens."""
    return _messages(_object(body))


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise BadInput("The body of the request must be a JSON object.")
    return body


def _messages(fields: dict[str, Any]) -> list[Message]:
    given = fields.get("messages")
    if not isinstance(given, list) or not given:
        raise BadInput("messages must be a list with at least one message.")
    checked = []
    for message in given:
        content = message.get("content") if isinstance(message, dict) else None
        if not isinstance(content, str) or message.get("role") not in ("system", "user", "assistant"):
            raise BadInput("Each message needs a role (system, user or assistant) and a text as content.")
        checked.append({"role": message["role"], "content": content})
    return checked


def _adapter(model: str, base: str) -> int | None:
    if model == base:
        return None
    prefix, _, number = model.partition("-")
    # isdecimal alone would let other scripts' digits through; the number becomes part of a path
    if prefix == "adapter" and number.isascii() and number.isdecimal():
        return int(number)
    raise BadInput(f"This engine serves {base} and its adapters (adapter-<number>), not {model!r}.")
