"""A small model server of our own that speaks the OpenAI protocol, and a trade it is asked about."""

import hashlib
import json
import re
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from studio.comparison.question_sets import Question, save_question_set
from studio.jobs.queue import tasks
from studio.library.intake.adding import add_documents
from studio.library.libraries import create_library
from studio.store.database import Workspace

DIMENSION = 64
COLOURS = ("red", "blue", "green", "amber", "violet", "white", "black", "silver", "brown", "teal")


@dataclass
class ModelServer:
    """Answers with the passage it is given, with what an adapter learned, or with nothing of use."""

    url: str = ""
    asked: Counter = field(default_factory=Counter)

    def answer(self, model: str, prompt: str) -> str:
        self.asked[model] += 1
        passage = re.search(r"^\[1\][^\n]*\n(.+)$", prompt, re.MULTILINE)
        if passage:
            return passage.group(1)
        if model.startswith("adapter-"):
            return "The lamp is some colour."
        return "A generic reply about many things."


@pytest.fixture(scope="session")
def model_server():
    server = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.reply(
                {
                    "object": "list",
                    "data": [{"id": "all-minilm-l6-v2", "object": "model", "dimension": DIMENSION}],
                }
            )

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.reply(embeddings(body) if self.path.endswith("/embeddings") else chat(server, body))

        def reply(self, content):
            data = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield server
        listening.shutdown()


def chat(server, body):
    text = server.answer(body["model"], body["messages"][-1]["content"])
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
    answer = {"id": "x", "object": "chat.completion", "created": 0, "model": body["model"]}
    return {**answer, "choices": [choice], "usage": usage, "seconds": 0.25}


def embeddings(body):
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    data = [
        {"object": "embedding", "index": at, "embedding": bag_of_words(text)} for at, text in enumerate(texts)
    ]
    return {
        "object": "list",
        "model": body["model"],
        "data": data,
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }


def bag_of_words(text):
    vector = [0.01] * DIMENSION
    for word in re.findall(r"\w+", text.lower()):
        vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % DIMENSION] += 1.0
    return vector


@pytest.fixture
def room(room, model_server) -> Workspace:
    """A fresh workspace whose engine is the small server."""
    settings = replace(room.settings, engine_url=model_server.url)
    return replace(room, db=replace(room.db, settings=settings))


@pytest.fixture
def questions():
    known = [
        Question(f"Which colour is lamp {name}?", f"Lamp {name} is {name}.", True, f"lamp-{name}.txt")
        for name in COLOURS
    ]
    return [*known, Question("Who owns zebra quarries?", "", answerable=False)]


@pytest.fixture
def question_set(room, questions):
    return save_question_set(room, "lamps", questions)


@pytest.fixture
def library(room, tmp_path):
    """One short document for each lamp, searchable."""
    for name in COLOURS:
        (tmp_path / f"lamp-{name}.txt").write_text(f"Lamp {name} is {name}.\n")
    made = create_library(room, "lamps")
    documents = add_documents(room, made.id, sorted(tmp_path.glob("*.txt")))
    tasks["ingest"].function(room, document_ids=list(documents))
    return made.id
