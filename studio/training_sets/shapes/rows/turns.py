"""Reads a conversation out of a cell: chat messages, ShareGPT, pairs, rendered text, printed Python.

Called by guessing and cutting. Roles become system, user and assistant.
"""

import ast
import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from studio.training_sets.examples import Turn
from studio.training_sets.shapes.rows.rendered import turns_in

_ROLE_KEYS = ("role", "from", "speaker", "author", "sender")
_TEXT_KEYS = ("content", "value", "text", "message", "parts", "body", "utterance")
_WRAPPERS = ("messages", "conversations", "conversation", "turns", "contents")
_PAIR_KEYS = (("input", "output"), ("question", "answer"), ("user", "assistant"), ("human", "gpt"))
_ROLES = {
    "system": ("system", "developer"),
    "user": ("user", "human", "prompter", "customer", "client", "you"),
    "assistant": ("assistant", "gpt", "bot", "chatbot", "chatgpt", "model", "agent", "ai", "bard", "expert"),
}
# what a tool was asked and what it returned is no word to a person
_TOOL_ROLES = (
    "tool", "tools", "function", "function_call", "function_response", "function-call", "function-response",
    "tool_call", "tool_response", "tool_result", "observation", "ipython",
)  # fmt: skip
_TOOL_KEYS = ("tool_calls", "function_call")
TOOL = "tool"
_ROLE_OF = {said: role for role, names in _ROLES.items() for said in names}
_LONGEST_LITERAL = 1_000_000
# numpy prints a list of objects without the commas between them
_NO_COMMA = re.compile(r"\}\s+\{")


class NotAChat(ValueError):
    """The cell holds no conversation, or one whose form is broken; the text says which."""


def read_turns(cell: str) -> list[Turn]:
    """The turns of a conversation as they stand there, without those of tools; raises NotAChat."""
    return [turn for turn in all_turns(cell) if turn[0] != TOOL]


def all_turns(cell: str) -> list[Turn]:
    """The same with the turns of tools, which have no text; raises NotAChat."""
    try:
        return turns_of(nested(cell))
    except NotAChat:
        turns = turns_in(cell)
        if not turns:
            raise
        return turns


def nested(cell: str) -> Any:
    """The list or object in a cell: JSON, or what Python prints for it. Raises NotAChat."""
    if cell[:1] not in ("[", "{"):
        raise NotAChat("it is plain text, not a list of messages")
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return _printed(cell)


def turns_of(value: Any) -> list[Turn]:
    """The turns in parsed JSON; raises NotAChat."""
    if isinstance(value, dict):
        value = next((value[key] for key in _WRAPPERS if key in value), None)
    if not isinstance(value, list) or not value:
        raise NotAChat("it is not a list of messages")
    if all(isinstance(one, list) and len(one) == 2 for one in value):
        value = [{"user": asked, "assistant": answered} for asked, answered in value]
    if not all(isinstance(one, dict) for one in value):
        raise NotAChat("its messages have no role and no content")
    return [turn for one in value for turn in _turns(one)]


def without_greeting(turns: Sequence[Turn]) -> list[Turn]:
    """The same turns without what the assistant says before the first question, if there is one."""
    asked = next((place for place, turn in enumerate(turns) if turn[0] == "user"), 0)
    return [turn for place, turn in enumerate(turns) if place >= asked or turn[0] != "assistant"]


def checked(turns: Sequence[Turn]) -> list[Turn]:
    """The same turns, when user and assistant take turns after at most one word of the system.

    Raises NotAChat; a question at the end that nobody answered is left away.
    """
    system = "\n\n".join(text for role, text in turns if role == "system")
    said = [turn for turn in turns if turn[0] != "system"]
    if not any(role == "assistant" for role, _ in said):
        raise NotAChat("no assistant answers in it")
    if said[0][0] == "assistant":
        raise NotAChat("it begins with an answer of the assistant")
    for number, (before, after) in enumerate(pairwise(said), start=1):
        if before[0] == after[0]:
            raise NotAChat(f"turns {number} and {number + 1} are both of the {before[0]}")
    if said[-1][0] == "user":
        said = said[:-1]
    return [("system", system), *said] if system else said


def role_of(said: str) -> str | None:
    """Who speaks, whatever the name for it: system, user or assistant."""
    return _ROLE_OF.get(said.strip().casefold())


def _printed(cell: str) -> Any:
    if len(cell) > _LONGEST_LITERAL:
        raise NotAChat("its JSON is damaged")
    for text in (cell, _NO_COMMA.sub("}, {", cell)):
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    raise NotAChat("its JSON is damaged")


def _turns(message: dict[str, Any]) -> list[Turn]:
    for asked, answered in _PAIR_KEYS:
        if asked in message and answered in message:
            return [("user", _text(message[asked])), ("assistant", _text(message[answered]))]
    said = next((message[key] for key in _ROLE_KEYS if key in message), None)
    if any(message.get(key) for key in _TOOL_KEYS) or str(said).strip().casefold() in _TOOL_ROLES:
        return [(TOOL, "")]
    if not isinstance(said, str) or not any(key in message for key in _TEXT_KEYS):
        raise NotAChat("its messages have no role and no content")
    role = role_of(said)
    if role is None:
        raise NotAChat(f"it has a turn of “{said[:30]}”, who is neither user, assistant nor system")
    return [(role, _text(next(message[key] for key in _TEXT_KEYS if key in message)))]


def _text(content: Any) -> str:
    """A message's text may come in parts, as {"type": "text", "text": …}."""
    if isinstance(content, str):
        return content.strip()
    parts = content if isinstance(content, list) else [content]
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    said = [text for text in texts if isinstance(text, str)]
    if len(said) < len(texts):
        raise NotAChat("a message has no text")
    return "\n".join(said).strip()
