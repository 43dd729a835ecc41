"""Examples with passages: the right one cited, the others beside it, and the split untouched."""

from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.jobs.queue import tasks
from studio.library.intake.adding import add_documents
from studio.library.intake.ingest import ingest_documents
from studio.library.libraries import create_library
from studio.store.database import Workspace
from studio.training_sets.building import raft
from studio.training_sets.building.dressing import Dressing, without_right
from studio.training_sets.building.work import WorkView
from studio.training_sets.versions import ExampleView, examples, get_version, list_versions
from tests.building.conftest import LAMPS

pytestmark = pytest.mark.postgres
SUPPORTED = 2 * len(LAMPS)


def built(room: Workspace, version: int, library: int, **options: object) -> WorkView:
    number = raft.build(room, version, library, **options)  # type: ignore[arg-type]
    tasks[raft.JOB].function(room, drafting_id=number)
    return raft.get(room, number)


def rows(room: Workspace, view: WorkView) -> list[ExampleView]:
    return examples(room, int(view.made["version_id"]))


def test_the_answer_cites_the_passage_that_supports_it(room: Workspace, version: int, library: int) -> None:
    found = rows(room, built(room, version, library, dressing=Dressing(2, 0.0)))
    for one in found:
        number = int(one.completion.rsplit("[", 1)[1].removesuffix("]"))
        assert one.completion.rsplit(" [", 1)[0] in one.context[number - 1]["text"]


def test_the_right_passage_stands_at_any_place(room: Workspace, version: int, library: int) -> None:
    found = rows(room, built(room, version, library, dressing=Dressing(2, 0.0)))
    assert {one.completion[-2] for one in found} == {"1", "2", "3"}


def test_rows_without_a_supporting_passage_are_left_out_and_counted(
    room: Workspace, version: int, library: int
) -> None:
    made = built(room, version, library).made
    assert (made["left_out"], made["kept_plain"]) == (2, 0)
    assert made["with_right_passage"] + made["distractors_only"] == SUPPORTED


def test_rows_without_a_supporting_passage_can_be_kept_plain(
    room: Workspace, version: int, library: int
) -> None:
    view = built(room, version, library, keep_plain=True)
    plain = [one for one in rows(room, view) if not one.context]
    assert (view.made["kept_plain"], len(plain)) == (2, 2)
    assert {one.origin for one in plain} == {"table"}


def test_the_asked_share_gets_distractors_alone_and_answers_without_a_mark(
    room: Workspace, version: int, library: int
) -> None:
    view = built(room, version, library, dressing=Dressing(3, 0.5))
    without = [one for one in rows(room, view) if not one.source["right"]]
    assert 0 < len(without) == view.made["distractors_only"]
    for one in without:
        assert "[" not in one.completion
        assert not any(one.completion in passage["text"] for passage in one.context)


def test_the_number_of_passages_does_not_tell_whether_the_right_one_is_there(
    room: Workspace, version: int, library: int
) -> None:
    found = rows(room, built(room, version, library, dressing=Dressing(2, 0.5)))
    assert {len(one.context) for one in found} == {3}


def test_what_was_held_out_stays_held_out(room: Workspace, version: int, library: int) -> None:
    view = built(room, version, library)
    before = {one.prompt: one.split for one in examples(room, version)}
    after = {one.prompt: one.split for one in rows(room, view)}
    assert set(after.values()) == {"train", "held_out"}
    assert after.items() <= before.items()


def test_the_version_names_its_parent_and_what_was_done(room: Workspace, version: int, library: int) -> None:
    made = get_version(room, int(built(room, version, library).made["version_id"]))
    assert (made.parent_id, made.version) == (version, 2)
    assert made.changes["raft"]["library"] == "lamps"


def test_the_same_settings_give_the_same_version(room: Workspace, version: int, library: int) -> None:
    ids = {built(room, version, library).made["version_id"] for _ in range(2)}
    assert len(ids) == 1


def test_a_library_about_something_else_is_refused(room: Workspace, version: int, tmp_path: Path) -> None:
    bells = create_library(room, "bells")
    (tmp_path / "bell.txt").write_text("The bell of Ollen is rung by the keeper at noon.")
    ingest_documents(room, document_ids=list(add_documents(room, bells.id, [tmp_path / "bell.txt"])))
    with pytest.raises(BadInput, match="nothing was saved"):
        built(room, version, bells.id)


def test_a_stopped_job_saves_no_version(room: Workspace, version: int, library: int) -> None:
    number = raft.build(room, version, library)
    raft.stop(room, number)
    tasks[raft.JOB].function(room, drafting_id=number)
    assert (raft.get(room, number).state, len(list_versions(room))) == ("stopped", 1)


@pytest.mark.parametrize("dressing", [Dressing(11, 0.2), Dressing(3, 1.0), Dressing(-1, 0.2)])
def test_settings_out_of_bounds_are_refused(
    room: Workspace, version: int, library: int, dressing: Dressing
) -> None:
    with pytest.raises(BadInput):
        raft.build(room, version, library, dressing)


def test_the_share_without_is_exact() -> None:
    assert len(without_right(240, Dressing(share_without=0.2))) == 48
