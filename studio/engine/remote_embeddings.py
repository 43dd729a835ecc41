"""Vectors from a service on the net: OpenAI, Jina, or any server that speaks their language.

Called by the library's embedder. A batch counts only when all of it is right; one that fails for a passing
reason is asked for again, a refusal is not.
"""

import random
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import numpy as np
import openai
from numpy.typing import NDArray

from studio.engine.addresses import key_for, resolved, where_to_put_the_key
from studio.engine.embedding_reply import Reply, read_reply
from studio.engine.embedding_service import URLS, EmbeddingService
from studio.engine.remote_failures import Refused, Wait, sorted_out
from studio.errors import BadInput, StudioError
from studio.models.embedders import KnownEmbedder, known_embedder

Task = Literal["query", "passage"]
Say = Callable[[str], None]
TIMEOUT = openai.Timeout(connect=5.0, read=60.0, write=30.0, pool=5.0)
# common servers refuse more than 32 texts at once; the two services take thousands
TEXTS_PER_REQUEST = {"compatible": 32}
MOST_TEXTS = 128
LATE_CHUNKING_CHARACTERS = 16_000  # Jina reads 8192 tokens at once, and some scripts have two letters a token


@dataclass(frozen=True)
class Patience:
    """How long to bear with a service: attempts at a batch, seconds before the second, longest wait."""

    attempts: int = 6
    first: float = 1.0
    longest: float = 120.0


WORK = Patience()
QUESTION = Patience(attempts=2, first=0.5, longest=3.0)  # somebody looks at the screen
_STEP_SECONDS = 2.0


def quiet(_: str) -> None:
    """Nobody wants to hear how it goes."""


class RemoteEmbeddings:
    """One service and one model.

    `dimension` and `said_model`, what the service calls the model, are those of its first reply unless they
    are given: later replies must be like it.
    """

    def __init__(
        self, service: EmbeddingService, data: Path, dimension: int | None = None, said_model: str = ""
    ) -> None:
        self.service = service
        self.dimension = dimension
        self.said_model = said_model
        self._known = known_embedder(service.model)
        self._place = where_to_put_the_key(service.url, data)
        key = key_for(service.url, data)
        if key is None and service.url in URLS.values():
            raise BadInput(f"{self.host} needs a key: {self._place}.")
        self._key = key or ""
        self._client = self._connect(resolved(service.url) if service.url not in URLS.values() else [])

    @property
    def host(self) -> str:
        """Who is asked, as sentences name it."""
        return urlsplit(self.service.url).netloc

    def embed(
        self,
        texts: Sequence[str],
        task: Task,
        documents: Sequence[int] | None = None,
        say: Say = quiet,
        patience: Patience = WORK,
    ) -> NDArray[np.float32]:
        """Vectors of shape (len(texts), dimension), each of length 1, in the order of `texts`.

        `documents` names the document of each text, for late chunking. `say` hears why and how long the
        service is waited for; what it raises ends the waiting.
        """
        prefix = self._prefix(task)
        parts = []
        for first, last in self._batches(texts, task, documents):
            batch = [prefix + text for text in texts[first:last]]
            parts.append(self._patiently(batch, task, patience, say))
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension or 0), np.float32)

    def models(self) -> list[str]:
        """What the service lists."""
        try:
            return [str(model.id) for model in self._client.models.list()]
        except openai.APIError as error:
            raise sorted_out(error, self.service.model, self.host, self._place, self._key) from error

    def _prefix(self, task: Task) -> str:
        known = self._known or KnownEmbedder("", "", 0, "", 0)
        if task == "query":
            said, usual = self.service.query_prefix, known.query_prefix
        else:
            said, usual = self.service.passage_prefix, known.passage_prefix
        return usual if said is None else said

    def _batches(
        self, texts: Sequence[str], task: Task, documents: Sequence[int] | None
    ) -> Iterator[tuple[int, int]]:
        """Ranges of texts that go together; with late chunking never texts of two documents."""
        most = TEXTS_PER_REQUEST.get(self.service.provider, MOST_TEXTS)
        late = self.service.late_chunking and task == "passage"
        if late:
            owners = list(documents) if documents is not None else list(range(len(texts)))
            yield from _by_document(texts, owners, most)
        else:
            yield from ((at, min(at + most, len(texts))) for at in range(0, len(texts), most))

    def _patiently(self, batch: list[str], task: Task, patience: Patience, say: Say) -> NDArray[np.float32]:
        attempt = 1
        while True:
            try:
                return self._once(batch, task)
            except Wait as problem:
                seconds = problem.seconds
                if seconds is None:
                    seconds = patience.first * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)
                if attempt >= patience.attempts or seconds > patience.longest:
                    raise Refused(f"{problem} What was finished is kept; try again later.") from problem
                _wait(seconds, problem.short, say)
            attempt += 1

    def _once(self, batch: list[str], task: Task) -> NDArray[np.float32]:
        try:
            raw = self._client.embeddings.with_raw_response.create(
                model=self.service.model,
                input=batch,
                encoding_format="float",
                dimensions=self.service.dimensions or openai.omit,
                extra_body=self._extra(task),
            )
        except openai.APIError as error:
            raise sorted_out(error, self.service.model, self.host, self._place, self._key) from error
        reply: Reply = read_reply(raw.content, len(batch), self.dimension, self.host)
        if self.said_model and reply.model != self.said_model:
            raise StudioError(
                f"{self.host} now answers with the model {reply.model[:80]} instead of {self.said_model}; "
                "nothing was stored."
            )
        self.said_model, self.dimension = reply.model, reply.vectors.shape[1]
        return reply.vectors

    def _extra(self, task: Task) -> dict[str, Any] | None:
        if self.service.provider != "jina":
            return None
        late = {"late_chunking": True} if self.service.late_chunking and task == "passage" else {}
        return {"task": f"retrieval.{task}", **late}

    def _connect(self, addresses: Sequence[str]) -> openai.OpenAI:
        inside = any(a.startswith(("127.", "10.", "192.168.", "172.", "::1", "fd")) for a in addresses)
        client = openai.OpenAI(
            base_url=self.service.url,
            api_key=self._key or "none",
            max_retries=0,
            timeout=TIMEOUT,
            # a redirect could carry the texts elsewhere; a proxy for the internet must not see inner hosts
            http_client=openai.DefaultHttpxClient(
                timeout=TIMEOUT, follow_redirects=False, trust_env=not inside
            ),
        )
        # closed with this object and not before: another thread may still read from it
        weakref.finalize(self, client.close)
        return client


def _by_document(texts: Sequence[str], owners: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    for _, group in groupby(range(len(texts)), key=lambda at: owners[at]):
        rows = list(group)
        first, characters = rows[0], 0
        for row in rows:
            characters += len(texts[row])
            if row > first and (characters > LATE_CHUNKING_CHARACTERS or row - first >= most):
                yield first, row
                first, characters = row, len(texts[row])
        yield first, rows[-1] + 1


def _wait(seconds: float, why: str, say: Say) -> None:
    """In short steps, each of which is said: a stopped job need not sit the rest out."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        say(f"{why}, waits {max(1, round(left))} s")
        time.sleep(min(_STEP_SECONDS, left))
