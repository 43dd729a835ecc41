"""The thread that owns the chat model: takes waiting chats, answers them in batches, streams, cancels.

Called by the engine's server. A streamed chat has a reader in front of it, so it may interrupt a batch
nobody watches: the batch pauses between two tokens and goes on with its cache untouched.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.engine.prompts import Message
from studio.errors import BadInput, StudioError

if TYPE_CHECKING:
    from studio.engine.chat_model import ChatModel

BATCH = 8
MOST_REFERENCE = 256  # tokens of a reference that are read: each takes memory for a whole vocabulary
GATHER_SECONDS = 0.02  # a burst of requests arrives within this time; waiting for it fills the batch


@dataclass(frozen=True)
class Outcome:
    """A finished answer; `seconds` is its share of the batch's time until the last token, `first_seconds` of
    that until the first; `likelihood` is that of the reference's beginning, in nats a token."""

    text: str
    seconds: float
    prompt_tokens: int
    completion_tokens: int
    cut: bool
    first_seconds: float = 0.0
    likelihood: float | None = None


@dataclass
class Chat:
    """One question on its way to an answer. `hear`, if given, gets pieces of text as they come.

    `reference` is an answer whose likelihood is asked for beside, by its first MOST_REFERENCE tokens: the
    same ones whoever is asked, so that figures of one question compare and long references are not left out.
    """

    messages: Sequence[Message]
    adapter: int | None
    max_tokens: int
    hear: Callable[[str], None] | None = None
    reference: str = ""
    outcome: Future[Outcome] = field(default_factory=Future)
    cancelled: threading.Event = field(default_factory=threading.Event)
    prompt: list[int] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)
    first_at: float | None = None
    last_at: float = 0.0
    tokens: list[int] = field(default_factory=list)
    ended: bool = False
    shown: int = 0

    def fail(self, error: BaseException) -> None:
        """Tell whoever waits, unless they already know."""
        if not self.outcome.done():
            self.outcome.set_exception(error)


class Generation:
    """Queue and thread around one chat model, which `load` makes on that thread."""

    def __init__(self, load: Callable[[], "ChatModel"]) -> None:
        self._load = load
        self._loaded = False
        self._ready = threading.Condition()
        self._waiting: deque[Chat] = deque()
        self._running: list[Chat] = []
        self._interrupted_seconds = 0.0
        self.failure: StudioError | None = None
        self._thread = threading.Thread(target=self._work, name="generation", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def status(self) -> str:
        """loading, ready or failed."""
        if self.failure or (self._thread.ident and not self._thread.is_alive()):
            return "failed"
        return "ready" if self._loaded else "loading"

    @property
    def running(self) -> int:
        """Chats being answered now."""
        return sum(not chat.ended for chat in self._running)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def submit(self, chat: Chat) -> None:
        """Queue a chat; its outcome is set by the thread."""
        with self._ready:
            if self.failure:
                raise self.failure
            self._waiting.append(chat)
            self._ready.notify()

    def stop(self) -> None:
        """End what runs and refuse what comes, for a quick shutdown."""
        self._give_up(StudioError("The engine is shutting down; ask again in a moment."))
        self._thread.join(timeout=5)

    def _work(self) -> None:
        try:
            model = self._load()
            self._loaded = True
            while batch := self._next_batch():
                self._answer(model, batch)
        except (StudioError, OSError) as error:
            self._give_up(StudioError(f"The language model could not be loaded: {error}"))
        finally:
            # whatever ended the thread, nobody may wait for it for ever
            self._give_up(StudioError("The engine's language model stopped working; its log says why."))

    def _give_up(self, error: StudioError) -> None:
        with self._ready:
            self.failure = self.failure or error
            for chat in [*self._running, *self._waiting]:
                chat.cancelled.set()
                chat.fail(self.failure)
            self._waiting.clear()
            self._ready.notify()

    def _next_batch(self) -> list[Chat]:
        """The chats to answer next, those with a reader first; empty when the engine ends."""
        batch: list[Chat] = []
        while not batch and not self.failure:
            with self._ready:
                self._ready.wait_for(lambda: self._waiting or self.failure)
            time.sleep(GATHER_SECONDS)
            batch = self._take(watched=True) or self._take(watched=False)
        return batch

    def _take(self, *, watched: bool) -> list[Chat]:
        """Up to BATCH waiting chats, oldest first, of those with or without a reader."""
        with self._ready:
            batch = [c for c in self._waiting if (c.hear is not None) == watched][:BATCH]
            for chat in batch:
                self._waiting.remove(chat)
            return batch

    def _answer(self, model: "ChatModel", chats: list[Chat]) -> None:
        """Answer one batch; what is wrong with one chat does not touch the others."""
        batch = [chat for chat in chats if _prepared(model, chat)]
        if not batch:
            return
        self._running += batch
        began, paused_before = time.perf_counter(), self._interrupted_seconds
        try:
            prompts, adapters = [c.prompt for c in batch], [c.adapter for c in batch]
            wanted = [c.wanted for c in batch]
            likely = model.generate(prompts, adapters, lambda new: self._step(model, batch, new), wanted)
            paused = self._interrupted_seconds - paused_before
            # reading the references comes after the last token and is no part of answering
            answered = max(began + paused, *(chat.last_at for chat in batch))
            _finish(model, batch, (began, answered - began - paused), likely)
        except RuntimeError as error:  # torch's word for "out of memory" and all it cannot compute
            for chat in batch:
                chat.fail(StudioError(f"The language model could not answer this: {error}"[:400]))
        finally:
            for chat in batch:
                chat.ended = True
                self._running.remove(chat)

    def _step(self, model: "ChatModel", batch: list[Chat], new: list[int]) -> list[bool]:
        """Take one new token a row; returns which rows are done."""
        for chat, token in zip(batch, new, strict=True):
            if chat.ended or chat.cancelled.is_set():
                chat.ended = True
                continue
            chat.last_at = time.perf_counter()
            chat.first_at = chat.first_at or chat.last_at
            chat.tokens.append(token)
            chat.ended = token in model.end_ids or len(chat.tokens) >= chat.max_tokens
            if chat.hear:
                _tell(model, chat, chat.hear)
        if not all(chat.ended for chat in batch):
            self._let_readers_in(model, batch)
        return [chat.ended for chat in batch]

    def _let_readers_in(self, model: "ChatModel", batch: list[Chat]) -> None:
        """Answer chats with a reader in between, if this batch has none and is of one adapter."""
        if self._waiting and batch[0].hear is None and len({c.adapter for c in batch}) == 1:
            readers = self._take(watched=True)
            began = time.perf_counter()
            if readers:
                self._answer(model, readers)
            self._interrupted_seconds += time.perf_counter() - began


def _prepared(model: "ChatModel", chat: Chat) -> bool:
    if chat.cancelled.is_set():
        return False
    try:
        chat.prompt = model.encode(chat.messages)
        room = model.context_tokens - len(chat.prompt)
        if room < 1:
            raise BadInput(
                f"The question with its passages has {len(chat.prompt)} tokens; "
                f"{model.name} reads at most {model.context_tokens}. Use fewer passages."
            )
        chat.max_tokens = min(chat.max_tokens, room)
        if chat.reference:
            wanted = model.encode_answer(chat.messages, chat.reference)[:MOST_REFERENCE]
            chat.wanted = wanted if len(wanted) <= room else []
        if chat.adapter is not None:
            model.load_adapter(chat.adapter)
    except StudioError as error:
        chat.fail(error)
        return False
    return True


def _tell(model: "ChatModel", chat: Chat, hear: Callable[[str], None]) -> None:
    text = model.decode(chat.tokens)
    # half a character decodes to the replacement mark until its other tokens are there
    if len(text) > chat.shown and (chat.ended or not text.endswith("\ufffd")):
        hear(text[chat.shown :])
        chat.shown = len(text)


def _finish(
    model: "ChatModel", batch: list[Chat], took: tuple[float, float], likely: Sequence[float | None]
) -> None:
    """`took`: when the batch began, and its seconds without those that were let in between."""
    began, seconds = took
    for chat, likelihood in zip(batch, likely, strict=True):
        ended_itself = bool(chat.tokens) and chat.tokens[-1] in model.end_ids
        if not chat.outcome.done():
            chat.outcome.set_result(
                Outcome(
                    model.decode(chat.tokens),
                    seconds / len(batch),
                    len(chat.prompt),
                    len(chat.tokens),
                    cut=not ended_itself,
                    first_seconds=((chat.first_at or began) - began) / len(batch),
                    likelihood=likelihood,
                )
            )
