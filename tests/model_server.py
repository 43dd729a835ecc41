"""A server of our own that speaks the OpenAI protocol; what it answers is a function of the test's."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DIMENSION = 64
Answer = Callable[[str, str], str]


@contextmanager
def serve(answer: Answer) -> Iterator[str]:
    """The address of a server that says `answer(model, last message)`; embeddings are bags of words."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            model = {"id": "all-minilm-l6-v2", "object": "model", "dimension": DIMENSION}
            self.reply({"object": "list", "data": [model]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.reply(_embeddings(body) if self.path.endswith("/embeddings") else _chat(answer, body))

        def reply(self, content: dict[str, Any]) -> None:
            data = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_address[1]}"
        listening.shutdown()


def _chat(answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
    text = answer(body["model"], body["messages"][-1]["content"])
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
    said = {"id": "x", "object": "chat.completion", "created": 0, "model": body["model"]}
    return {**said, "choices": [choice], "usage": usage, "seconds": 0.25}


def _embeddings(body: dict[str, Any]) -> dict[str, Any]:
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    data = [
        {"object": "embedding", "index": at, "embedding": _bag_of_words(text)}
        for at, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "model": body["model"], "data": data, "usage": usage}


def _bag_of_words(text: str) -> list[float]:
    vector = [0.01] * DIMENSION
    for word in re.findall(r"\w+", text.lower()):
        vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % DIMENSION] += 1.0
    return vector
