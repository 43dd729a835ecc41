"""Jobs that write into a notebook (the titles of conversations), for the worker's tests."""

import time

from studio.errors import StudioError
from studio.jobs.queue import task
from studio.store.database import Workspace
from studio.store.tables import Conversation


def write(room: Workspace, text: str) -> None:
    with room.session() as session:
        session.add(Conversation(workspace_id=room.id, title=text))


def failed(room: Workspace, sentence: str, *, text: str) -> None:
    write(room, f"{text}: {'inside' if 'inside' in sentence else sentence}")


@task("note", "documents")
def note(room: Workspace, *, text: str) -> None:
    write(room, text)


@task("break", "documents", failed)
def break_down(room: Workspace, *, text: str) -> None:
    raise ValueError(text)


@task("refuse", "documents", failed)
def refuse(room: Workspace, *, text: str) -> None:
    raise StudioError("Not today.")


@task("slow", "documents")
def slow(room: Workspace, *, text: str) -> None:
    write(room, text)
    time.sleep(20)
