"""An adapter is asked as its examples were: with the system message that all of them had."""

from collections.abc import Iterator, Sequence

import pytest

from studio.engine.prompts import Message
from studio.library.answering.answers import Talk, answer
from studio.models.adapters import system_messages
from studio.store import tables
from studio.store.database import Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows
from studio.training_sets.versions.listing import shared_system
from tests.library.models import ToldModel

pytestmark = pytest.mark.postgres
VOICE = "You mend clocks and answer in one sentence."


class Hearing(ToldModel):
    """Remembers whole conversations."""

    heard: list[Message]

    def stream(
        self, messages: Sequence[Message], *, adapter: int | None = None, max_tokens: int = 256
    ) -> Iterator[str]:
        self.heard = list(messages)
        yield "By turning it."


def spoken(room: Workspace, *voices: str) -> int:
    """A version whose examples begin with these system messages in turn."""
    rows = [
        Candidate(n, f"Question {n}?", f"Answer {n}.", history=(("system", voices[n % len(voices)]),))
        for n in range(12)
    ]
    return save_rows(room, "voices", rows)


@pytest.fixture
def adapter(room: Workspace) -> int:
    with room.session() as session:
        run = tables.Run(
            workspace_id=room.id, version_id=spoken(room, VOICE), name="Clocks", base_model="tiny",
            method="lora", preset="Quick look", settings={}, state="succeeded",
        )  # fmt: skip
        session.add(run)
        session.flush()
        row = tables.Adapter(
            workspace_id=room.id, run_id=run.id, name="Clocks", base_model="tiny", method="lora",
            manifest_sha256="", lineage={"system": VOICE},
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_a_message_that_all_examples_share_is_found(room: Workspace) -> None:
    assert shared_system(room, spoken(room, VOICE)) == VOICE


def test_messages_that_differ_are_none(room: Workspace) -> None:
    assert shared_system(room, spoken(room, VOICE, "You sell clocks.")) == ""


def test_an_adapter_is_asked_with_its_message(room: Workspace, adapter: int) -> None:
    engine = Hearing()
    list(answer(room, engine, None, "How is a collar tightened?", Talk(adapter=adapter)))
    assert engine.heard[0] == {"role": "system", "content": VOICE}


def test_the_base_model_is_asked_without_it(room: Workspace, adapter: int) -> None:
    assert system_messages(room, None) == []
