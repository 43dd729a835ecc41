"""What is offered after a run that failed or could have learned more."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.tuning.failures import _memory_sentence, loss_not_finite
from studio.tuning.listing import Point, RunView
from studio.tuning.pieces import smallest_batches
from studio.tuning.presets import TrainingSettings, to_json
from studio.tuning.remedies import best_check, remedies

BATCHED = TrainingSettings(batch_size=7, accumulation=4)
SINGLE = TrainingSettings(batch_size=1, recompute=True)


def run(state="failed", error=None, training=BATCHED, method="lora", **result):
    return RunView(
        id=1, name="r", state=state, method=method, preset="Standard", base_model="m", version_id=1,
        settings=to_json(training), estimate={}, result=result, step=1, total_steps=2, attempts=1,
        train_loss=None, eval_loss=None, seconds=None, seconds_left=None, queue_position=None,
        adapter_id=None, lineage=None, error=error, silent=False, created_at=datetime.now(UTC),
        started_at=None, finished_at=None,
    )  # fmt: skip


def checks(*losses):
    return [Point(step * 10, None, loss, None, None, None) for step, loss in enumerate(losses)]


def test_a_run_out_of_memory_is_offered_to_keep_less_then_fewer_examples_at_once():
    said = _memory_sentence(BATCHED, 256)
    assert "Try batch size 1 with accumulation 28, or recompute activations." in said
    found = remedies(run(error=said))
    assert [one.key for one in found] == ["recompute", "smallest_batch", "qlora"]
    assert found[1].changes == {"batch_size": 1, "accumulation": 28}


def test_a_smaller_batch_is_not_advised_where_one_example_is_taken_at_a_time_already():
    said = _memory_sentence(BATCHED, 2048)
    assert "Try a longest example of 1024 tokens, or recompute activations." in said
    assert [one.key for one in remedies(run(error=said))] == ["recompute", "qlora", "shorter"]


def test_no_more_is_accumulated_than_may_be():
    assert smallest_batches(TrainingSettings(batch_size=64, accumulation=3)) == {
        "batch_size": 2,
        "accumulation": 96,
    }


def test_a_single_example_that_does_not_fit_is_made_shorter():
    found = remedies(run(error=_memory_sentence(SINGLE, 512), training=SINGLE, method="qlora"))
    assert [(one.key, one.changes) for one in found] == [("shorter", {"max_length": 256})]


def test_a_loss_that_is_no_number_is_answered_by_a_lower_rate():
    (only,) = remedies(run(error=str(loss_not_finite(3, BATCHED, None))))
    assert only.changes == {"learning_rate": 6.7e-05}


def test_another_failure_may_be_tried_again_as_it_was():
    assert [one.changes for one in remedies(run(error="The hub did not answer."))] == [{}]


def test_a_killed_process_that_may_have_run_out_of_memory_is_offered_less(tmp_path: Path):
    said = "The training process died (signal 9, SIGKILL). This is also what a system out of memory does."
    assert remedies(run("interrupted", said))[0].key == "recompute"


@pytest.mark.parametrize("state", ["queued", "running", "stopping", "stopped", "interrupted"])
def test_nothing_is_offered_where_the_run_itself_can_go_on(state):
    assert remedies(run(state)) == []


def test_a_loss_that_still_falls_asks_for_a_longer_run():
    (only,) = remedies(run("succeeded"), checks(3.0, 2.0, 1.5))
    assert only.changes == {"epochs": 4, "max_steps": 0}


def test_a_loss_that_hardly_moved_asks_for_a_higher_rate():
    (only,) = remedies(run("succeeded"), checks(3.0, 2.99, 2.98))
    assert only.changes == {"learning_rate": 6e-4}


def test_a_loss_that_rose_from_the_start_asks_for_a_lower_rate():
    (only,) = remedies(run("succeeded"), checks(3.0, 9.0, 8.0))
    assert only.changes == {"learning_rate": 6.7e-05}


def test_a_limit_that_leaves_every_example_out_is_lifted():
    said = (
        "There is no example to train on: 9 were left out because the prompt alone is longer than 20 tokens."
    )
    assert remedies(run(error=said, training=TrainingSettings(max_length=20)))[0].changes == {"max_length": 0}


def test_a_loss_that_fell_and_rose_asks_for_nothing():
    assert remedies(run("succeeded"), checks(3.0, 1.5, 1.8)) == []


def test_before_training_nothing_is_best():
    assert best_check(checks(3.0)) is None
