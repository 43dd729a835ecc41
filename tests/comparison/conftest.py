"""A small model server of our own that speaks the OpenAI protocol, and a trade it is asked about."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from studio.comparison.question_sets import Question, save_question_set
from studio.jobs.queue import tasks
from studio.library.intake.adding import add_documents
from studio.library.libraries import create_library
from studio.store.database import Workspace
from tests.model_server import serve

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
    with serve(server.answer) as url:
        server.url = url
        yield server


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
