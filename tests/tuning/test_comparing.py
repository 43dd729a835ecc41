"""Runs side by side: what differs, how far each had come, what comparisons said."""

import pytest

from studio.errors import BadInput, NotFound
from studio.store import tables
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import save_training_set
from studio.tuning.comparing import compare_runs
from studio.tuning.once import fingerprint, key_of, started_so_far
from studio.tuning.presets import TrainingSettings, to_json
from studio.tuning.runs import RunRequest, create_run

pytestmark = pytest.mark.postgres
ROWS = [[f"What is part {n}?", f"Part {n} is a valve of size {n}."] for n in range(60)]


def version_in(room, name="Parts"):
    table = Table(["question", "answer"], ROWS)
    return save_training_set(room, name, table, guess_mapping(table))


def run_in(room, version, losses, **settings):
    """A finished run with a check at every tenth step."""
    training = to_json(TrainingSettings(**{"batch_size": 4, **settings}))
    with room.session() as session:
        run = tables.Run(
            workspace_id=room.id, name="A run", version_id=version, base_model="m", method="lora",
            preset="Standard", settings=training, state="succeeded", result={"examples": 40, "seconds": 9.0},
        )  # fmt: skip
        session.add(run)
        session.flush()
        for at, loss in enumerate(losses):
            session.add(
                tables.RunMetric(workspace_id=room.id, run_id=run.id, step=at * 10, loss=loss, eval_loss=loss)
            )
        return run.id


@pytest.fixture
def pair(room):
    version = version_in(room)
    return [run_in(room, version, [3, 1, 2]), run_in(room, version, [3, 2], batch_size=8, rank=4)]


def test_only_settings_that_differ_are_named(room, pair):
    assert compare_runs(room, pair).settings_that_differ == {"Batch size": [4, 8], "Rank": [16, 4]}


def test_epochs_count_how_often_the_examples_were_seen(room, pair):
    found = compare_runs(room, pair)
    assert [(p.run, p.step, p.epoch) for p in found.curves if p.step == 10] == [
        (pair[0], 10, 1),
        (pair[1], 10, 2),
    ]


def test_the_best_check_need_not_be_the_last(room, pair):
    first = compare_runs(room, pair).runs[0]
    assert (first.best_step, first.best_eval_loss, first.last_eval_loss) == (10, 1, 2)


def test_scores_of_comparisons_made_with_a_run_stand_beside_it(room, pair):
    said = {"mean": 0.7, "low": 0.6, "high": 0.8, "n": 40}
    report = {"metric": "token_f1", "approaches": {"fine-tuned": {"metrics": {"token_f1": said}}}}
    with room.session() as session:
        questions = tables.QuestionSet(workspace_id=room.id, name="Q", sha256="1")
        session.add(questions)
        session.flush()
        session.add(
            tables.Comparison(
                workspace_id=room.id,
                name="Four ways",
                question_set_id=questions.id,
                run_id=pair[1],
                approaches=["fine-tuned"],
                state="succeeded",
                report=report,
            )
        )
    (score,) = compare_runs(room, pair).runs[1].scores
    assert (score.comparison, score.mean, score.n) == ("Four ways", 0.7, 40)


def test_runs_on_different_sets_come_with_a_warning(room, pair):
    elsewhere = run_in(room, version_in(room, "Others"), [3, 2])
    assert "different examples" in compare_runs(room, [pair[0], elsewhere]).notes[0]
    assert compare_runs(room, pair).notes == ()


@pytest.mark.parametrize("ids", [[1], [1, 1], range(1, 8)])
def test_two_to_six_runs_can_be_compared(room, ids):
    with pytest.raises(BadInput, match="2 to 6"):
        compare_runs(room, list(ids))


def test_a_run_of_another_workspace_cannot_be_compared(room, pair, database):
    with pytest.raises(NotFound):
        compare_runs(database.workspace("next door to runs"), pair)


def test_forms_drawn_in_one_state_make_one_run_and_the_next_form_another(room):
    request = RunRequest(version_in(room), name="Twice", method="lora")
    mark = fingerprint(request)
    keys = [key_of(mark, started_so_far(room, mark)) for _ in range(2)]
    first, again = (
        create_run(room, RunRequest(request.version_id, "Twice", method="lora", idempotency_key=key))
        for key in keys
    )
    assert first == again
    assert started_so_far(room, mark) == 1
