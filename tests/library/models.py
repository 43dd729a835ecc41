"""Language models that say what a test tells them to, with a context of a test's own size."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from studio.engine.budget import ChatModelCard, most_tokens
from studio.engine.client import Answer, Engine
from studio.engine.prompts import Message


class ToldModel(Engine):
    """Says always the same and remembers what it was asked; without a server."""

    def __init__(self, says: str = "", *, context: int = 4096, billions: float | None = 4.0) -> None:
        self._says = says
        self._card = ChatModelCard("told", context, billions)
        self.asked: list[str] = []

    @cached_property
    def chat_model(self) -> ChatModelCard:
        return self._card

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return most_tokens(messages)

    def chat(
        self, messages: Sequence[Message], *, adapter: int | None = None, max_tokens: int = 256
    ) -> Answer:
        self.asked.append(messages[-1]["content"])
        return Answer(self._says, 0.0, 1, 1, False)

    def stream(
        self, messages: Sequence[Message], *, adapter: int | None = None, max_tokens: int = 256
    ) -> Iterator[str]:
        self.asked.append(messages[-1]["content"])
        yield self._says
