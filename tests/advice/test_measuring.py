"""Signals measured with the model: what is kept of them, and what follows from the answers."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from studio.advice.answers import Answers
from studio.advice.measure import measure_signals
from studio.advice.measuring.form import same_form
from studio.advice.measuring.job import fail_measurement, seconds_left
from studio.advice.measuring.measurements import Data, data_hash, find_measurement
from studio.advice.measuring.nearest import looked_up
from studio.advice.measuring.requests import start_measuring
from studio.advice.measuring.scores import signals_of
from studio.advice.pilot import after_pilot
from studio.advice.recommend import recommend
from studio.advice.signals import Signals
from studio.errors import BadInput, NotFound
from studio.store import tables
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, save_training_set

LABELS = ("refund", "delivery", "login")


@pytest.fixture
def version(room):
    pairs = [[f"Question {n} about {label}?", label] for n in range(30) for label in LABELS]
    table = Table(["question", "answer"], pairs)
    return save_training_set(room, "labels", table, guess_mapping(table), Saving(held_out_share=0.2))


def rows(oracle, wrong, count=12):
    """Questions whose right answer was so likely with the right passages and with wrong ones, in turns."""
    return [
        {
            "closed_score": 0.1,
            "oracle_score": 0.5,
            "oracle_likelihood": oracle + n % 2,
            "wrong_likelihood": wrong,
        }
        for n in range(count)
    ]


def test_a_model_that_uses_what_it_reads_is_told_from_one_that_does_not():
    assert signals_of(rows(-1.0, -2.0), [])[0]["reads_passages"] is True
    assert signals_of(rows(-1.5, -1.0), [])[0]["reads_passages"] is False


def test_too_few_questions_say_nothing():
    assert signals_of(rows(-1.0, -2.0, count=5), [{"copied_score": 1.0}] * 9) == ({}, {})


def test_every_value_has_its_sample_size():
    values, sizes = signals_of(rows(-1.0, -2.0), [{"copied_score": 1.0}] * 20)
    assert values.keys() == sizes.keys()
    assert (values["nearest_neighbour"], sizes["nearest_neighbour"]) == (1.0, 20)


def test_labels_are_decided_by_a_vote_of_the_nearest():
    known = np.eye(3, dtype=np.float32)[[0, 0, 0, 1, 1, 2]]
    asked = np.array([[0.9, 0.1, 0.0]], np.float32)
    assert looked_up(asked, known, list("aaabbc"), labels=True)[0].answer == "a"


def test_no_example_is_copied_from_itself():
    known = np.array([[1, 0], [0.9, 0.1], [0, 1]], np.float32)
    assert [one.example for one in looked_up(known, known, list("abc"), labels=False)] == [1, 0, 1]


def test_answers_in_json_share_a_form_by_their_keys():
    answers = [json.dumps({"city": f"Town {n}", "zip": n}) for n in range(30)]
    assert same_form(answers) == (1.0, "JSON with city, zip")


@pytest.mark.postgres
def test_the_same_data_are_measured_once(room, version):
    first = start_measuring(room, Data(version_id=version))
    assert start_measuring(room, Data(version_id=version)) == first


@pytest.mark.postgres
def test_asked_for_twice_at_once_it_is_measured_once(room, version):
    together = threading.Barrier(2)

    def start(_):
        together.wait()
        return start_measuring(room, Data(version_id=version))

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(start, range(2))
    assert first == second


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["library_id", "version_id", "question_set_id"])
def test_what_is_not_there_is_not_measured(room, version, name):
    with pytest.raises(NotFound):
        start_measuring(room, replace(Data(version_id=version), **{name: 999_999}))


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["engine_url", "embedding_model", "chat_model"])
def test_another_model_or_server_is_another_measurement(room, version, name):
    settings = replace(room.settings, **{name: "http://elsewhere"})
    elsewhere = replace(room, db=replace(room.db, settings=settings))
    data = Data(version_id=version)
    assert data_hash(room, data) != data_hash(elsewhere, data)


@pytest.mark.parametrize(
    ("so_far", "left"),
    [
        ((0.0, None, 0, 40), 150.0),
        ((20.0, 5.0, 4, 40), 130.0),
        ((100.0, 2.5, 39, 40), 2.5),
        ((160.0, 40.0, 4, 40), 320.0),
        ((160.0, 13.0, 12, 40), 0.0),
    ],
    ids=["at first", "until the time is over", "until all are asked", "until enough are", "now"],
)
def test_time_left_counts_what_is_spent(so_far, left):
    assert seconds_left(*so_far) == left


@pytest.mark.postgres
def test_other_examples_are_other_data(room, version):
    table = Table(["question", "answer"], [[f"Who is {n}?", f"Number {n} is here."] for n in range(12)])
    other = save_training_set(room, "other", table, guess_mapping(table))
    assert data_hash(room, Data(version_id=version)) != data_hash(room, Data(version_id=other))


@pytest.mark.postgres
def test_without_questions_there_is_nothing_to_ask(room):
    with pytest.raises(BadInput, match="training set or questions"):
        start_measuring(room, Data())


@pytest.mark.postgres
def test_what_was_measured_is_among_the_signals(room, version):
    measurement = start_measuring(room, Data(version_id=version))
    found = {"values": {"nearest_neighbour": 0.9}, "sizes": {"nearest_neighbour": 18}}
    with room.session() as session:
        row = session.get(tables.SignalMeasurement, measurement)
        row.state, row.results = "succeeded", found
    signals = measure_signals(room, version_id=version)
    assert (signals.nearest_neighbour, signals.sample_sizes["nearest_neighbour"]) == (0.9, 18)


@pytest.mark.postgres
def test_one_that_failed_goes_on_when_it_is_asked_for_again(room, version):
    measurement = start_measuring(room, Data(version_id=version))
    fail_measurement(room, "The disk is full.", measurement_id=measurement)
    assert find_measurement(room, Data(version_id=version)).error == "The disk is full."
    start_measuring(room, Data(version_id=version))
    assert find_measurement(room, Data(version_id=version)).state == "queued"


def labelled(**nearest):
    """Ten thousand texts with one of 77 labels."""
    return Signals(documents=0, examples=10_000, distinct_answers=77, **nearest)


@pytest.fixture
def tuned_at_90():
    """What a pilot found on such texts."""
    return {
        "questions": 60,
        "metric": "exact_match",
        "approaches": {
            name: {"metrics": {"exact_match": {"mean": mean, "low": mean - 0.05, "n": 60}}}
            for name, mean in (("base", 0.0), ("fine-tuned", 0.90))
        },
        "leader": {"approach": "fine-tuned", "choose": "fine-tuned", "decided": True},
        "headline": "Fine-tuned leads.",
    }


def beside(score, asked=60, metric="exact_match"):
    return {"lookup": {"metric": metric, "mean": score, "n": asked}}


def test_a_pilot_that_a_lookup_equals_says_that_no_model_is_needed(tuned_at_90):
    found = after_pilot(recommend(Answers(), labelled()), tuned_at_90 | beside(0.92))
    assert recommend(Answers(), labelled()).conclusion == "fine-tune"
    assert (found.conclusion, found.title) == (
        "not yet",
        "Not yet: a nearest-neighbour lookup answers as well",
    )
    assert "you need no model" in found.pilot_says and "0.92" in found.pilot_says


@pytest.mark.parametrize(("score", "asked"), [(0.6, 60), (0.87, 60), (0.92, 8)])
def test_a_lookup_that_scores_less_or_was_hardly_tried_does_not_outdo_a_pilot(tuned_at_90, score, asked):
    found = after_pilot(recommend(Answers(), labelled()), tuned_at_90 | beside(score, asked))
    assert found.conclusion == "fine-tune"


def test_the_pilots_own_lookup_counts_before_one_on_other_questions_or_by_another_score(tuned_at_90):
    elsewhere = labelled(nearest_neighbour=0.95, sample_sizes={"nearest_neighbour": 150})
    for lookup in (beside(0.6), beside(0.95, metric="content_f1")):
        found = after_pilot(recommend(Answers(), elsewhere), tuned_at_90 | lookup)
        assert found.conclusion == "fine-tune"
