"""The far side, faked over a real socket: an embedding service that behaves as badly as told.

Its vectors depend on the text alone, so a test can tell whether each came back to its own text.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def vector_of(text: str, dimension: int) -> list[float]:
    """A vector that no other text has."""
    digest = hashlib.sha256(text.encode()).digest()
    return [digest[i % 32] - 127.5 + i // 32 for i in range(dimension)]


class EmbeddingServer(ThreadingHTTPServer):
    """`script` holds what to do with the next requests; when it is empty, they are answered well."""

    daemon_threads = True

    def __init__(self, dimension: int = 8) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.dimension = dimension
        self.model = "fake-1"
        self.pause = 0.0
        self.after: Callable[[], object] | None = None
        self.script: list[dict[str, Any]] = []
        self.seen: list[dict[str, Any]] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def texts(self) -> list[str]:
        """Every text it was sent, in order."""
        return [text for body in self.seen for text in body["input"]]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that stopped waiting is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def do_GET(self) -> None:
        self._send(
            200, json.dumps({"object": "list", "data": [{"id": self.server.model, "object": "model"}]})
        )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append(body)
        self.server.keys.append(self.headers.get("Authorization", ""))
        if after := self.server.after:
            self.server.after = None
            after()
        step = self.server.script.pop(0) if self.server.script else {}
        time.sleep(step.get("silence", self.server.pause))
        if step.get("hang_up"):
            return self.connection.close()
        rows = [vector_of(text, step.get("dimension", self.server.dimension)) for text in body["input"]]
        data = [{"index": i, "embedding": row} for i, row in enumerate(rows)]
        change = step.get("change")
        reply = {"data": change(data) if change else data, "model": step.get("model", self.server.model)}
        self._send(step.get("status", 200), step.get("body") or json.dumps(reply), step.get("headers", {}))

    def _send(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        kind = "text/html" if body.startswith("<") else "application/json"
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def embedding_server(dimension: int = 8) -> Iterator[EmbeddingServer]:
    with EmbeddingServer(dimension) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
