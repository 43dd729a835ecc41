"""Drafting from passages: evenly, once from each, and nothing lost."""

from collections import Counter
from pathlib import Path

import pytest

from studio.engine.client import Engine
from studio.errors import BadInput, StudioError
from studio.jobs.queue import tasks
from studio.library.libraries import create_library
from studio.library.removing import delete_library
from studio.store.database import Database, Workspace
from studio.training_sets.building import drafting, suggestions
from studio.training_sets.building.checks import INVENTED, REPEATED
from studio.training_sets.building.suggestions import Find
from studio.training_sets.building.work import WorkView
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows
from tests.building.conftest import LAMPS, Writer
from tests.library.samples import add, write_text

pytestmark = pytest.mark.postgres


def drafted(room: Workspace, library: int, wanted: int, by: drafting.By | None = None) -> WorkView:
    number = drafting.start(room, library, wanted, by)
    tasks[drafting.JOB].function(room, drafting_id=number)
    return drafting.get(room, number)


def test_every_draft_names_its_passage_and_its_sentence(room: Workspace, library: int) -> None:
    drafted(room, library, 1)
    (found,) = suggestions.list_suggestions(room)
    assert found.source["quote"] == found.completion
    assert found.source["document"].removesuffix(".md") in found.prompt


def test_documents_are_drafted_from_evenly(room: Workspace, library: int) -> None:
    drafted(room, library, len(LAMPS), "rules")
    made = suggestions.list_suggestions(room, Find(limit=None))
    assert Counter(one.source["document"] for one in made) == {f"{name}.md": 1 for name in LAMPS}


def test_a_large_model_is_the_usual_way_and_is_named(room: Workspace, library: int) -> None:
    assert drafted(room, library, 2).model == "writer-7b"


def test_a_passage_is_drafted_from_once(room: Workspace, library: int) -> None:
    drafted(room, library, 4)
    drafted(room, library, 4)
    passages = [one.source["passage_id"] for one in suggestions.list_suggestions(room, Find(limit=None))]
    assert len(passages) == len(set(passages)) > 4


def test_nothing_is_drafted_twice_when_the_job_is_repeated(
    room: Workspace, library: int, writer: Writer
) -> None:
    number = drafting.start(room, library, 3)
    for _ in range(2):
        tasks[drafting.JOB].function(room, drafting_id=number)
    assert (drafting.get(room, number).done, suggestions.counts(room)["waiting"]) == (3, 3)


def test_an_answer_with_an_invented_number_is_dropped_and_counted(
    room: Workspace, library: int, writer: Writer
) -> None:
    writer.says["burns"] = "Question: For how long does the lamp burn?\nAnswer: The lamp burns for 99 hours."
    made = drafting.drafts_of(drafted(room, library, 3))
    assert (made.kept, made.dropped[INVENTED]) == (0, len(LAMPS))


def test_what_does_not_keep_to_the_form_is_dropped(room: Workspace, library: int, writer: Writer) -> None:
    writer.says["lamp"] = "Sure! Here is a question about the lamp: how long does it burn?"
    assert drafting.UNREADABLE in drafting.drafts_of(drafted(room, library, 3)).dropped


def test_stopping_keeps_what_is_drafted_and_retrying_goes_on(room: Workspace, library: int) -> None:
    number = drafting.start(room, library, 5)
    drafting.stop(room, number)
    tasks[drafting.JOB].function(room, drafting_id=number)
    assert (drafting.get(room, number).state, drafting.get(room, number).done) == ("stopped", 0)
    drafting.retry(room, number)
    tasks[drafting.JOB].function(room, drafting_id=number)
    assert (drafting.get(room, number).state, drafting.get(room, number).done) == ("succeeded", 5)


def test_a_drafting_ends_where_no_passage_is_left(room: Workspace, library: int) -> None:
    view = drafted(room, library, 1000)
    assert view.state == "succeeded"
    assert 0 < view.done < 1000


def test_an_empty_library_is_refused(room: Workspace) -> None:
    with pytest.raises(BadInput, match="no passage left"):
        drafting.start(room, create_library(room, "empty").id)


def test_an_unreachable_model_leaves_a_sentence_and_what_was_made(room: Workspace, library: int) -> None:
    number = drafting.start(room, library, 2)
    drafting.work.fail(room, "The engine cannot be reached.", drafting_id=number)
    view = drafting.get(room, number)
    assert (view.state, view.error) == ("failed", "The engine cannot be reached.")


@pytest.mark.model
def test_the_bundled_model_words_a_question_to_a_sentence_of_the_passage(
    database: Database, room: Workspace, engine: Engine, tmp_path: Path
) -> None:
    own = database.workspace(f"{room.name} own engine")
    made = create_library(own, "bells", engine=engine)
    text = "The bell of Ollen is rung by the keeper at noon."
    add(own, made, write_text(tmp_path / "bell.txt", text))
    assert drafting.usual_way(own) == "rules"
    view = drafted(own, made.id, 1, "model")
    assert len(view.made["tried"]) == 1
    assert {one.completion for one in suggestions.list_suggestions(own)} <= {text}


def test_a_question_that_a_training_set_holds_is_not_suggested_again(room: Workspace, library: int) -> None:
    save_rows(room, "known", [Candidate(1, "For how long does lamp Fir burn?", "42 hours.")])
    assert drafting.drafts_of(drafted(room, library, 6)).dropped[REPEATED] == 1


def test_a_library_deleted_meanwhile_is_said(room: Workspace, library: int) -> None:
    number = drafting.start(room, library, 2)
    delete_library(room, library)
    with pytest.raises(StudioError, match="deleted"):
        tasks[drafting.JOB].function(room, drafting_id=number)
