"""The signals that take a model, from the first question to the advice, against a small model server."""

from dataclasses import replace

import pytest

from studio.advice.answers import Answers
from studio.advice.measure import measure_signals
from studio.advice.measuring.job import measure_signals_job
from studio.advice.measuring.measurements import Data, find_measurement, stop_measuring
from studio.advice.measuring.requests import start_measuring
from studio.advice.recommend import recommend
from studio.jobs.queue import tasks
from studio.library.intake.adding import add_documents
from studio.library.libraries import create_library
from studio.library.removing import delete_library
from studio.store import tables
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, save_training_set

pytestmark = pytest.mark.postgres
LABELS = ("refund", "delivery", "login")


@pytest.fixture
def lamps(room, library, question_set):
    return Data(library, None, question_set)


@pytest.fixture
def labels(room):
    pairs = [[f"About {label}: {label} of order {n}?", label] for n in range(30) for label in LABELS]
    table = Table(["question", "answer"], pairs)
    saving = Saving(held_out_share=0.2)
    return Data(version_id=save_training_set(room, "labels", table, guess_mapping(table), saving))


def lamps_again(room, tmp_path):
    """Another library of the same documents."""
    made = create_library(room, "the same lamps").id
    documents = add_documents(room, made, sorted(tmp_path.glob("lamp-*.txt")))
    tasks["ingest"].function(room, document_ids=list(documents))
    return made


def measured(room, data):
    measure_signals_job(room, measurement_id=start_measuring(room, data))
    return find_measurement(room, data)


def test_with_the_right_passage_the_model_answers_and_without_it_does_not(room, lamps):
    found = measured(room, lamps)
    assert found.state == "succeeded"
    assert found.values["oracle_context"] > found.values["closed_book"] + 0.3
    assert (found.values["hit_at_k"], found.sizes["oracle_context"]) == (1.0, 10)


def test_each_row_names_the_passages_that_hold_its_answer(room, lamps):
    rows = measured(room, lamps).results["rows"]
    assert all(len(row["passages"]) == 1 for row in rows)


def test_a_lookup_that_gets_the_labels_wins(room, labels):
    measured(room, labels)
    found = recommend(Answers(), measure_signals(room, version_id=labels.version_id))
    assert found.signals["nearest_neighbour"] > 0.9
    assert (found.conclusion, found.kind) == ("not yet", "a lookup is enough")


def test_documents_that_changed_since_are_counted(room, lamps, tmp_path):
    measured(room, lamps)
    assert measure_signals(room, lamps.library_id).changed_share is None
    (tmp_path / "lamp-red.txt").write_text("Lamp red is purple now.\n")
    documents = add_documents(room, lamps.library_id, [tmp_path / "lamp-red.txt"])
    tasks["ingest"].function(room, document_ids=list(documents))
    found = measure_signals(room, lamps.library_id)
    assert (found.changed_share, found.sample_sizes["changed_share"]) == (0.1, 10)


def test_stopped_at_once_it_asks_nothing_and_goes_on_later(room, lamps, model_server):
    measurement, before = start_measuring(room, lamps), model_server.asked.total()
    stop_measuring(room, measurement)
    measure_signals_job(room, measurement_id=measurement)
    assert (find_measurement(room, lamps).state, model_server.asked.total()) == ("stopped", before)
    assert measured(room, lamps).state == "succeeded"


def test_it_goes_on_with_the_passages_of_the_library_that_is_there_now(room, lamps, tmp_path):
    measurement = start_measuring(room, lamps)
    with room.session() as session:
        row = session.get(tables.SignalMeasurement, measurement)
        row.results = {"rows": [{"passages": [1]}], "nearest": []}
        row.state = "stopped"
    delete_library(room, lamps.library_id)
    again = replace(lamps, library_id=lamps_again(room, tmp_path))
    assert start_measuring(room, again) == measurement
    found = find_measurement(room, again)
    assert (found.data, found.results) == (again, {"nearest": []})
