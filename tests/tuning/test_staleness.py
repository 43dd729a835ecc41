"""What has changed since an adapter was trained, and training again with its settings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from studio.store import tables
from studio.store.database import Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import Saving, get_version, save_rows
from studio.tuning.again import former_run, started_like, train_like
from studio.tuning.runs import get_run
from studio.tuning.staleness import changed_since, documents_since, newest_version
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres


def rows(count: int, passage: int | None = None) -> list[Candidate]:
    source = {"passage_id": passage} if passage else {}
    return [Candidate(n, f"How heavy is press {n}?", f"{7 * n} kg", source=source) for n in range(count)]


def finished(room: Workspace, version: int) -> int:
    run = tables.Run(
        workspace_id=room.id, name="old", version_id=version, base_model="smollm2-135m-instruct",
        method="lora", preset="Quick look", settings={"rank": 4, "max_steps": 9}, state="succeeded",
    )  # fmt: skip
    with room.session() as session:
        session.add(run)
        session.flush()
        return run.id


def changes(room: Workspace, version: int) -> list[str]:
    return changed_since(room, version, newest_version(room, version))


def test_nothing_is_said_while_everything_is_as_it_was(room: Workspace) -> None:
    assert changes(room, save_rows(room, "presses", rows(20))) == []


def test_a_newer_version_is_told_with_what_differs(room: Workspace) -> None:
    old = save_rows(room, "presses", rows(20))
    save_rows(room, "presses", rows(24))
    (said,) = changes(room, old)
    assert "version 2 since" in said and "4 added" in said


def test_the_same_examples_with_passages_are_no_newer_version(room: Workspace) -> None:
    old = save_rows(room, "presses", rows(20))
    dressed = [replace(row, context=(("Presses", "7 kg"),)) for row in rows(20)]
    save_rows(room, "presses", dressed, Saving(changes={"raft": {"library": "Presses"}}))
    assert changes(room, old) == []


def test_examples_made_from_text_that_is_gone_are_counted(room: Workspace) -> None:
    (said,) = changes(room, save_rows(room, "presses", rows(20, passage=999_999)))
    assert said.startswith("20 examples were made from text")


def test_two_clicks_train_the_new_version_once_with_the_old_settings(room: Workspace) -> None:
    old = finished(room, save_rows(room, "presses", rows(20)))
    new = save_rows(room, "presses", rows(24))
    former = former_run(room, get_version(room, new))
    assert former is not None and former.id == old
    started = started_like(room, new, former)
    first = train_like(room, new, former, started)
    assert train_like(room, new, former, started) == first
    made = get_run(room, first)
    assert (made.version_id, made.settings["rank"], made.settings["max_steps"]) == (new, 4, 9)


def test_a_pilots_run_on_part_of_the_examples_is_not_what_is_trained_again(room: Workspace) -> None:
    old = save_rows(room, "presses", rows(20))
    whole, part = finished(room, old), finished(room, old)
    with room.session() as session:
        run = session.get(tables.Run, part)
        assert run is not None
        run.settings = {**run.settings, "share": 0.5}
    former = former_run(room, get_version(room, save_rows(room, "presses", rows(24))))
    assert former is not None and former.id == whole


def test_documents_that_came_in_after_a_moment_are_counted(room: Workspace) -> None:
    library = furnish(room).library
    now = datetime.now(UTC)
    assert documents_since(room, library, now - timedelta(hours=1)) == 1
    assert documents_since(room, library, now + timedelta(hours=1)) == 0
