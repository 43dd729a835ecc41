"""The studio's one way to a language or embedding model: any OpenAI-compatible server, our engine by default.

Called by the library, the comparison, the advice and the commands. Loads no torch.
"""

import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import openai
from numpy.typing import NDArray

from studio.engine.budget import ChatModelCard, card_of, most_tokens
from studio.engine.failures import EngineUnreachable, explained
from studio.engine.prompts import Message
from studio.engine.start import Address, find_engine
from studio.engine.vectors import checked_vectors
from studio.errors import BadInput
from studio.settings import Settings

CHAT_MODEL = "smollm2-135m-instruct"
EMBEDDING_MODEL = "all-minilm-l6-v2"
TIMEOUT_SECONDS = 900.0
TEXTS_PER_REQUEST = 128
CHATS_AT_ONCE = 16
RETRIES = 3

Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """A whole answer; `seconds` is its share of compute time, `cut` means it hit the length limit.

    `first_seconds` is the share until its first token, `likelihood` that of a reference's first 256 tokens in
    nats a token; both only where our own engine answers.
    """

    text: str
    seconds: float
    prompt_tokens: int
    completion_tokens: int
    cut: bool
    first_seconds: float | None = None
    likelihood: float | None = None


@dataclass(frozen=True)
class EmbeddingModel:
    """What a library pins: vectors of different models never mix."""

    name: str
    revision: str
    dimension: int
    languages: str
    query_prefix: str = ""
    passage_prefix: str = ""


def open_engine(settings: Settings) -> "Engine":
    """Attach to the configured engine or to this data folder's own, which is started when needed."""
    return Engine(settings)


class Engine:
    """Safe to share between threads; finds its server again when that was restarted."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._address: Address = find_engine(settings)
        self._client = self._connect()
        self._embedding_models: dict[str, EmbeddingModel] = {}

    @property
    def address(self) -> Address:
        """Where the engine answers now."""
        return self._address

    @cached_property
    def embedding_model(self) -> EmbeddingModel:
        """The model that is used where none is named."""
        return self.find_embedding_model(self._settings.embedding_model or EMBEDDING_MODEL)

    def find_embedding_model(self, name: str) -> EmbeddingModel:
        """A model's identity as the server tells it; servers that tell little are measured once."""
        if name not in self._embedding_models:
            listed = {m.id: m.model_extra or {} for m in self._ask(lambda c: list(c.models.list()))}
            said = listed.get(name, {})
            texts = {key: str(said.get(key) or "") for key in ("query_prefix", "passage_prefix")}
            width = int(said.get("dimension") or self._embed_some(["dimension"], name).shape[1])
            self._embedding_models[name] = EmbeddingModel(
                name, str(said.get("revision", "")), width, str(said.get("languages", "")), **texts
            )
        return self._embedding_models[name]

    def embed(self, texts: Sequence[str], model: EmbeddingModel | None = None) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimension), each of length 1, in the order of `texts`."""
        model = model or self.embedding_model
        parts = [
            self._embed_some(texts[at : at + TEXTS_PER_REQUEST], model.name, model.dimension)
            for at in range(0, len(texts), TEXTS_PER_REQUEST)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, model.dimension), np.float32)

    @cached_property
    def chat_model(self) -> ChatModelCard:
        """What is known of the model that answers; a server that lists no models is taken at its name."""
        name = self._settings.chat_model or CHAT_MODEL
        try:
            listed = {m.id: m.model_extra or {} for m in self._ask(lambda c: list(c.models.list()))}
        except BadInput:  # no such route there
            listed = {}
        return card_of(name, listed.get(name, {}))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Tokens of a prompt: counted by our own engine, at most so many with any other server."""
        if not self._address.own:
            return most_tokens(messages)
        body = {"messages": list(messages)}
        return int(self._ask(lambda c: c.post("/tokenize", cast_to=dict, body=body))["count"])

    def fits(self, messages: Sequence[Message], answer_tokens: int) -> bool:
        """Does the model read the whole prompt, with room left for the answer?"""
        room = self.chat_model.context_tokens - answer_tokens
        return most_tokens(messages) <= room or self.count_tokens(messages) <= room

    def chat(
        self,
        messages: Sequence[Message],
        *,
        adapter: int | None = None,
        max_tokens: int = 256,
        reference: str = "",
    ) -> Answer:
        """One whole greedy answer, and beside it how likely our own engine holds `reference`."""
        request = self._request(messages, adapter, max_tokens)
        if reference and self._address.own:
            request["extra_body"] = {"reference": reference}
        began = time.perf_counter()
        said = self._ask(lambda c: c.chat.completions.create(**request))
        waited = time.perf_counter() - began
        usage, choice, more = said.usage, said.choices[0], said.model_extra or {}
        return Answer(
            text=(choice.message.content or "").strip(),
            seconds=float(more.get("seconds", waited)),
            prompt_tokens=usage.prompt_tokens if usage else 0,
            completion_tokens=usage.completion_tokens if usage else 0,
            cut=choice.finish_reason == "length",
            first_seconds=more.get("first_seconds"),
            likelihood=more.get("likelihood"),
        )

    def chat_many(
        self,
        conversations: Sequence[Sequence[Message]],
        *,
        adapter: int | None = None,
        max_tokens: int = 256,
        on_done: Callable[[int], None] | None = None,
        references: Sequence[str] = (),
    ) -> list[Answer]:
        """Answers in the order asked; asked side by side, because the engine answers waiting ones together.

        `on_done` hears how many are finished, on the calling thread. `references`: see `chat`.
        """
        wanted = references or [""] * len(conversations)

        def ask(messages: Sequence[Message], reference: str) -> Answer:
            return self.chat(messages, adapter=adapter, max_tokens=max_tokens, reference=reference)

        with ThreadPoolExecutor(CHATS_AT_ONCE, thread_name_prefix="chat") as pool:
            asked = [pool.submit(ask, *pair) for pair in zip(conversations, wanted, strict=True)]
            try:
                for count, done in enumerate(as_completed(asked), start=1):
                    done.result()
                    if on_done:
                        on_done(count)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        return [done.result() for done in asked]

    def stream(
        self, messages: Sequence[Message], *, adapter: int | None = None, max_tokens: int = 256
    ) -> Iterator[str]:
        """Pieces of a greedy answer as they come; closing the iterator stops the generation."""
        request = self._request(messages, adapter, max_tokens)
        stream = self._ask(lambda c: c.chat.completions.create(**request, stream=True))
        with explained(self._address.url, begun=True), stream:
            for chunk in stream:
                piece = chunk.choices[0].delta.content if chunk.choices else None
                if piece:
                    yield piece

    def _embed_some(
        self, texts: Sequence[str], name: str, dimension: int | None = None
    ) -> NDArray[np.float32]:
        said = self._ask(lambda c: c.embeddings.create(model=name, input=list(texts)))
        in_order = sorted(said.data, key=lambda item: item.index)
        return checked_vectors([item.embedding for item in in_order], len(texts), dimension)

    def _request(self, messages: Sequence[Message], adapter: int | None, max_tokens: int) -> dict[str, Any]:
        base = self._settings.chat_model or CHAT_MODEL
        return {
            "model": base if adapter is None else f"adapter-{adapter}",
            "messages": cast(Any, list(messages)),
            "max_tokens": max_tokens,
            "temperature": 0,
        }

    def _ask(self, call: Callable[[openai.OpenAI], Result]) -> Result:
        """Run one request; when our own engine has died, start it again and ask once more."""
        address, client = self._address, self._client
        try:
            with explained(address.url):
                return call(client)
        except EngineUnreachable:
            if not address.own:
                raise
        self._reconnect(address)
        with explained(self._address.url):
            return call(self._client)

    def _reconnect(self, lost: Address) -> None:
        with self._lock:
            if self._address == lost:
                self._address = find_engine(self._settings)
                self._client = self._connect()

    def _connect(self) -> openai.OpenAI:
        own = self._address.own
        client = openai.OpenAI(
            base_url=f"{self._address.url}/v1",
            api_key=self._address.key,
            timeout=TIMEOUT_SECONDS,
            max_retries=0 if own else RETRIES,
            # our own engine is on loopback: a proxy set for the internet must not see its key
            http_client=openai.DefaultHttpxClient(trust_env=not own, timeout=TIMEOUT_SECONDS),
        )
        # closed with this object and not before: another thread may still read from it
        weakref.finalize(self, client.close)
        return client
