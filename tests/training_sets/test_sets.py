"""Training sets name the runs made from them, and stay as long as there are any."""

import pytest

from studio.errors import BadInput, NotFound
from studio.store.tables import Run
from studio.training_sets import drafts, imports
from studio.training_sets.drafts import edits
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import Find, get_version, list_versions, save_rows
from studio.training_sets.versions.sets import delete_set, delete_version, find_version, list_sets

pytestmark = pytest.mark.postgres


@pytest.fixture
def version(room):
    return save_rows(room, "pumps", [Candidate(n, f"Question {n}?", f"It is {n}.") for n in range(20)])


@pytest.fixture
def run(room, version):
    with room.session() as session:
        row = Run(
            workspace_id=room.id,
            name="first",
            version_id=version,
            base_model="b",
            method="lora",
            settings={},
        )
        session.add(row)
        session.flush()
        return row.id


def test_a_set_names_the_runs_made_from_its_versions(room, version, run):
    (found,) = list_sets(room)
    assert [(one.run_id, one.run_name) for one in found.runs[version]] == [(run, "first")]


def test_what_a_run_learned_from_is_not_deleted(room, version, run):
    with pytest.raises(BadInput, match=rf"these runs learned from: {run} \(first\)"):
        delete_version(room, version)
    with pytest.raises(BadInput, match="stays"):
        delete_set(room, list_sets(room)[0].id)
    assert get_version(room, version).examples == 20


def test_a_set_goes_with_its_last_version(room, version):
    delete_version(room, version)
    assert list_sets(room) == []


def test_a_version_with_unsaved_changes_is_not_deleted(room, version):
    edits.remove(room, drafts.open_draft(room, version).id, Find(positions=[0]))
    with pytest.raises(BadInput, match="not saved"):
        delete_version(room, version)


def test_a_later_version_outlives_the_one_it_was_edited_from(room, version):
    draft = drafts.open_draft(room, version).id
    edits.remove(room, draft, Find(positions=[0]))
    second = drafts.save(room, draft)
    delete_version(room, version)
    assert get_version(room, second).parent_id is None


def test_a_version_is_found_by_its_name_and_number(room, version):
    draft = drafts.open_draft(room, version).id
    edits.remove(room, draft, Find(positions=[0]))
    second = drafts.save(room, draft)
    assert find_version(room, "pumps").id == second
    assert find_version(room, "pumps@1").id == find_version(room, str(version)).id == version
    with pytest.raises(NotFound, match="no training set “wells”"):
        find_version(room, "wells")


def test_a_deleted_set_takes_its_original_with_it(room):
    table = b"question,answer\n" + b"".join(b"Question %d?,It is %d.\n" % (n, n) for n in range(20))
    view = imports.save(room, imports.read_now(room, imports.receive(room, table, "pumps.csv")), "wells")
    delete_set(room, get_version(room, view.version_id).training_set_id)
    imports.discard(room, view.id)
    assert list_versions(room) == []
    with pytest.raises(NotFound):
        room.blobs.path(view.source_sha256)
