"""Deleting a run takes all of it along, and nothing that is needed."""

from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound
from studio.models.adapter_files import adapter_folder
from studio.models.promotions import history, promote, roll_back
from studio.store import tables
from studio.store.database import Database, Workspace
from studio.tuning.exporting import exports
from studio.tuning.removing import belongings, delete_run
from studio.tuning.runs import get_run, metrics
from tests.web.furnished import Furnished, furnish

pytestmark = pytest.mark.postgres


@pytest.fixture
def made(room: Workspace) -> Furnished:
    return furnish(room)


def folders(room: Workspace, made: Furnished) -> list[Path]:
    """Everything a run leaves on disk, with a kilobyte in each."""
    run = made.runs["succeeded"]
    export = exports.request_export(room, run, "merged")
    exports.stop_export(room, export)
    data = room.settings.data
    own = [data / "runs" / str(run), adapter_folder(data, made.adapter), exports.folder_of(room, export)]
    for folder in own:
        folder.mkdir(parents=True)
        (folder / "weights").write_bytes(b"w" * 1000)
    return own


def test_a_deleted_run_leaves_neither_rows_nor_files(room: Workspace, made: Furnished) -> None:
    run, own = made.runs["succeeded"], folders(room, made)
    told = belongings(room, run)
    assert (told.size, told.exports, told.comparisons) == (3000, 1, ["Four ways"])
    assert delete_run(room, run) == told
    assert not any(folder.exists() for folder in own)
    assert metrics(room, run) == exports.list_exports(room, run) == []
    with pytest.raises(NotFound):
        get_run(room, run)


def test_a_comparison_keeps_its_figures_when_its_run_is_deleted(room: Workspace, made: Furnished) -> None:
    assert "Four ways" in delete_run(room, made.runs["succeeded"]).sentence
    with room.session() as session:
        left = session.get_one(tables.Comparison, made.comparison)
        assert left.run_id is None and left.report is not None and left.report["approaches"]


@pytest.mark.parametrize("state", ["queued", "running", "stopping"])
def test_a_run_that_is_going_on_is_not_deleted(room: Workspace, made: Furnished, state: str) -> None:
    with pytest.raises(BadInput, match="stop it first"):
        delete_run(room, made.runs[state])


def test_a_run_whose_adapter_is_in_use_is_not_deleted(room: Workspace, made: Furnished) -> None:
    promote(room, made.adapter)
    with pytest.raises(BadInput, match="in use"):
        delete_run(room, made.runs["succeeded"])
    roll_back(room, "smollm2-135m-instruct")
    delete_run(room, made.runs["succeeded"])
    kept = history(room, "smollm2-135m-instruct")
    assert [(one.adapter_id, one.adapter) for one in kept] == [(None, "Parts expert")]


def test_a_run_that_is_being_exported_is_not_deleted(room: Workspace, made: Furnished) -> None:
    exports.request_export(room, made.runs["succeeded"], "merged")
    with pytest.raises(BadInput, match="export"):
        delete_run(room, made.runs["succeeded"])


@pytest.mark.parametrize("place", ["run_id", "passages_run_id"])
def test_a_run_that_a_comparison_still_asks_is_not_deleted(
    room: Workspace, made: Furnished, place: str
) -> None:
    with room.session() as session:
        asking = session.get_one(tables.Comparison, made.comparison)
        asking.state, asking.run_id = "running", None
        setattr(asking, place, made.runs["succeeded"])
    with pytest.raises(BadInput, match="Four ways still asks"):
        delete_run(room, made.runs["succeeded"])


def test_a_run_of_another_workspace_is_not_deleted(
    room: Workspace, made: Furnished, database: Database
) -> None:
    with pytest.raises(NotFound):
        delete_run(database.workspace("next door to removing"), made.runs["failed"])
    assert get_run(room, made.runs["failed"]).id
