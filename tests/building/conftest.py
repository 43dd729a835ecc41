"""A workspace with a library about lamps, and a model server that drafts, knows or rambles as told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from studio.library.answering.conversations import start_conversation
from studio.library.intake.adding import add_documents
from studio.library.intake.ingest import ingest_documents
from studio.library.libraries import create_library
from studio.store.database import Workspace
from studio.store.tables import Citation, Message
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import Saving, save_rows
from tests.model_server import serve

LAMPS = {"Aster": 12, "Birch": 18, "Cedar": 24, "Dogwood": 30, "Elder": 36, "Fir": 42}


@dataclass
class Writer:
    """Drafts a good pair from the passage it is shown, unless `says` tells it what to say to a prompt."""

    says: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, _: str, prompt: str) -> str:
        self.asked.append(prompt)
        for held, said in self.says.items():
            if held in prompt:
                return said
        lamp = re.search(r"The lamp (\w+) [^.]*\.", prompt)
        return f"Question: For how long does lamp {lamp[1]} burn?\nAnswer: {lamp[0]}" if lamp else "Nothing."


@pytest.fixture
def writer() -> Iterator[Writer]:
    made = Writer()
    with serve(made.answer) as made.url:
        yield made


@pytest.fixture
def room(room: Workspace, writer: Writer) -> Workspace:
    """A fresh workspace whose chat model is large by its name."""
    settings = replace(room.settings, engine_url=writer.url, chat_model="writer-7b")
    return replace(room, db=replace(room.db, settings=settings))


@pytest.fixture
def library(room: Workspace, tmp_path: Path) -> int:
    """A document for each lamp, with what it burns for and how it is kept."""
    for name, hours in LAMPS.items():
        burns, care = (
            f"The lamp {name} burns for {hours} hours.",
            f"Wipe the glass of {name} with a dry cloth.",
        )
        (tmp_path / f"{name}.md").write_text(f"# Lamp {name}\n\n{burns}\n\n## Care\n\n{care}\n")
    made = create_library(room, "lamps")
    ingest_documents(room, document_ids=list(add_documents(room, made.id, sorted(tmp_path.glob("*.md")))))
    return made.id


@pytest.fixture
def version(room: Workspace) -> int:
    """Two rows that the library supports for every lamp, and two that nothing supports."""
    known = [
        Candidate(
            at, f"How many hours of light does {name} give?", f"The lamp {name} burns for {hours} hours."
        )
        for at, (name, hours) in enumerate(LAMPS.items())
    ]
    care = [
        Candidate(10 + at, f"How is {name} cleaned?", f"Wipe the glass of {name} with a dry cloth.")
        for at, name in enumerate(LAMPS)
    ]
    strange = [
        Candidate(20, "Who owns the quarry?", "Zebra farmers from Peru bought that quarry."),
        Candidate(21, "Which tide carries barges?", "Spring tides carry heavy barges upstream."),
    ]
    return save_rows(room, "lamp answers", [*known, *care, *strange], Saving("lamps.csv"))


@pytest.fixture
def said(room: Workspace) -> list[int]:
    """Ids of two answers of one conversation."""
    conversation = start_conversation(room)
    turns = [
        ("user", "How long does Aster burn?"),
        ("assistant", "It burns for 12 hours. [1]"),
        ("user", "And Birch?"),
        ("assistant", "The documents do not answer this."),
    ]
    with room.session() as session:
        rows = [
            Message(workspace_id=room.id, conversation_id=conversation, role=role, text=text)
            for role, text in turns
        ]
        rows[3].detail = {"refused": True}
        for row in rows:
            session.add(row)
            session.flush()
        session.add(
            Citation(
                workspace_id=room.id, message_id=rows[1].id, number=1, passage_id=None, document="Aster.md",
                place="page 1", quote="Aster burns for 12 hours.",
            )
        )  # fmt: skip
        return [rows[1].id, rows[3].id]
