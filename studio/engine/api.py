"""The engine's HTTP face: OpenAI's chat, embeddings and models, plus /health. Called by the server."""

import asyncio
import base64
import json
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from studio.engine.counting import Counting
from studio.engine.embeddings import Embedding, Embeddings
from studio.engine.generation import Chat, Generation, Outcome
from studio.engine.requests import ChatBody, read_chat, read_embed, read_messages
from studio.errors import BadInput, NotFound, StudioError
from studio.models.bundled import CHAT_MODEL, CONTEXT_TOKENS
from studio.models.embedders import EmbedderFolder, find_embedder, local_embedders
from studio.settings import Settings

Result = TypeVar("Result")
Endpoint = Callable[[Request], Awaitable[Response]]


class Api:
    """Routes over the two model threads; every request needs the key."""

    def __init__(self, settings: Settings, generation: Generation, embeddings: Embeddings, key: str) -> None:
        self._settings = settings
        self._generation = generation
        self._embeddings = embeddings
        self._counting = Counting(settings)
        self._expected = f"Bearer {key}".encode()

    def start(self) -> None:
        """Start both model threads."""
        self._generation.start()
        self._embeddings.start()

    def stop(self) -> None:
        """End both model threads."""
        self._generation.stop()
        self._embeddings.stop()

    def app(self, life: Any) -> Starlette:
        """The ASGI application; `life` is its lifespan."""
        routes = [
            Route("/health", self._keyed(self._health)),
            Route("/v1/models", self._keyed(self._models)),
            Route("/v1/chat/completions", self._keyed(self._chat), methods=["POST"]),
            Route("/v1/embeddings", self._keyed(self._embed), methods=["POST"]),
            Route("/v1/tokenize", self._keyed(self._tokenize), methods=["POST"]),
        ]
        handlers: Any = {StudioError: _studio_error, HTTPException: _http_error}
        return Starlette(routes=routes, exception_handlers=handlers, lifespan=life)

    def _keyed(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not secrets.compare_digest(given, self._expected):
                raise HTTPException(401, "The key is missing or wrong.")
            return await endpoint(request)

        return guarded

    async def _health(self, _: Request) -> Response:
        failure = self._generation.failure
        return JSONResponse(
            {
                "status": self._generation.status,
                "problem": str(failure) if failure else None,
                "pid": os.getpid(),
                "running": self._generation.running,
                "waiting": self._generation.waiting,
                "embedding": self._embeddings.waiting,
            }
        )

    async def _models(self, _: Request) -> Response:
        embedders = await asyncio.to_thread(lambda: [_described(e) for e in local_embedders(self._settings)])
        served: list[dict[str, Any]] = [{"id": CHAT_MODEL, "max_model_len": CONTEXT_TOKENS}, *embedders]
        said = [{"object": "model", "created": 0, "owned_by": "studio", **entry} for entry in served]
        return JSONResponse({"object": "list", "data": said})

    async def _chat(self, request: Request) -> Response:
        body = read_chat(await _json(request), CHAT_MODEL)
        if body.stream:
            return StreamingResponse(self._events(body), media_type="text/event-stream")
        chat = Chat(body.messages, body.adapter, body.max_tokens, reference=body.reference)
        self._generation.submit(chat)
        return JSONResponse(_completion(body, await _unless_gone(request, chat, chat.outcome)))

    async def _events(self, body: ChatBody) -> AsyncIterator[str]:
        """Server-sent events; leaving this generator early, as a lost connection does, cancels the chat."""
        loop, pieces = asyncio.get_running_loop(), asyncio.Queue[str | None]()

        def hear(piece: str | None) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)

        chat = Chat(body.messages, body.adapter, body.max_tokens, hear=hear)
        chat.outcome.add_done_callback(lambda _: hear(None))
        try:
            self._generation.submit(chat)
            yield _event(_chunk(body, {"role": "assistant", "content": ""}))
            while (piece := await pieces.get()) is not None:
                yield _event(_chunk(body, {"content": piece}))
            yield _event(_chunk(body, {}, _finish_reason(chat.outcome.result())))
            yield "data: [DONE]\n\n"
        except StudioError as error:
            yield _event(_problem(error))
        finally:
            chat.cancelled.set()

    async def _tokenize(self, request: Request) -> Response:
        """How many tokens a conversation has, in the words of vLLM's route of this name."""
        messages = read_messages(await _json(request))
        count = await asyncio.to_thread(self._counting.count, messages)
        return JSONResponse({"count": count, "max_model_len": CONTEXT_TOKENS})

    async def _embed(self, request: Request) -> Response:
        body = read_embed(await _json(request))
        # in a thread: the first look at a folder reads all of its files
        folder = await asyncio.to_thread(find_embedder, body.model, self._settings)
        embedding = Embedding(body.texts, folder)
        self._embeddings.submit(embedding)
        vectors = await _unless_gone(request, embedding, embedding.outcome)
        shown = [base64.b64encode(v.tobytes()).decode() if body.base64 else v.tolist() for v in vectors]
        data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(shown)]
        usage = {"prompt_tokens": 0, "total_tokens": 0}
        return JSONResponse({"object": "list", "model": body.model, "data": data, "usage": usage})


def _described(embedder: EmbedderFolder) -> dict[str, Any]:
    said = asdict(embedder)
    del said["path"]
    return said


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise BadInput("The body of the request is not JSON.") from error


async def _unless_gone(request: Request, work: Chat | Embedding, outcome: Future[Result]) -> Result:
    """Wait for the outcome, and cancel the work when the client hangs up before it is there."""
    waiting = asyncio.wrap_future(outcome)
    try:
        while not waiting.done():
            await asyncio.wait([waiting], timeout=0.5)
            if not waiting.done() and await request.is_disconnected():
                raise HTTPException(499, "The client hung up.")
        return waiting.result()
    finally:
        work.cancelled.set()


def _completion(body: ChatBody, said: Outcome) -> dict[str, Any]:
    message = {"role": "assistant", "content": said.text}
    return {
        "id": f"chat-{secrets.token_hex(8)}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": body.model,
        "choices": [{"index": 0, "message": message, "finish_reason": _finish_reason(said)}],
        "usage": {
            "prompt_tokens": said.prompt_tokens,
            "completion_tokens": said.completion_tokens,
            "total_tokens": said.prompt_tokens + said.completion_tokens,
        },
        "seconds": round(said.seconds, 4),
        "first_seconds": round(said.first_seconds, 4),
        "likelihood": None if said.likelihood is None else round(said.likelihood, 4),
    }


def _chunk(body: ChatBody, delta: dict[str, str], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    head = {"id": "chat-stream", "object": "chat.completion.chunk", "created": int(time.time())}
    return {**head, "model": body.model, "choices": [choice]}


def _finish_reason(said: Outcome) -> str:
    return "length" if said.cut else "stop"


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def _problem(error: Exception) -> dict[str, Any]:
    return {"error": {"message": str(error), "type": type(error).__name__, "code": None}}


async def _studio_error(_: Request, error: StudioError) -> Response:
    status = 404 if isinstance(error, NotFound) else 400 if isinstance(error, BadInput) else 503
    return JSONResponse(_problem(error), status)


async def _http_error(_: Request, error: HTTPException) -> Response:
    return JSONResponse({"error": {"message": error.detail, "type": "http", "code": None}}, error.status_code)
