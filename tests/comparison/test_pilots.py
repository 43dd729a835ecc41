"""A pilot from its first stage to its conclusion; only the training itself is done by hand."""

import pytest
import sqlalchemy as sa

from studio.advice.piloting.job import fail_pilot, pilot_job
from studio.advice.piloting.pilots import get_pilot
from studio.advice.piloting.requests import PilotRequest, resume_pilot, start_pilot, stop_pilot
from studio.advice.piloting.size import PilotSize
from studio.advice.piloting.stages import PASSAGES_RUN, RAFT_WORK, RUN
from studio.advice.piloting.watching import DONE, seconds_left, stages_of
from studio.approaches import APPROACHES
from studio.comparison.job import compare_job
from studio.comparison.requests import create_once
from studio.comparison.results import get_comparison, stop_comparison
from studio.errors import BadInput, NotFound
from studio.store import tables
from studio.training_sets.building import raft
from studio.training_sets.building.raft import build_raft
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, save_training_set
from studio.tuning.runs import get_run, stop_run
from tests.comparison.conftest import COLOURS

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("studio.advice.piloting.job.WAIT_SECONDS", 0.0)


@pytest.fixture
def version(room):
    pairs = [[f"Tell me about lamp {name} please?", f"The lamp {name} is {name}."] for name in COLOURS]
    pairs += [[f"What weighs lamp number {n}?", f"Number {n} weighs {n} kilograms."] for n in range(60)]
    table = Table(["question", "answer"], pairs)
    return save_training_set(room, "lamps", table, guess_mapping(table), Saving(held_out_share=0.2))


def trained(room, run_id, eval_loss=1.5):
    """What the training process and its supervisor leave behind."""
    result = {"steps": 6, "examples": 56, "eval_loss": eval_loss, "tokens_per_second": 100.0}
    with room.session() as session:
        run = session.get(tables.Run, run_id)
        run.state, run.result, run.step, run.total_steps = "succeeded", result, 6, 6
        session.add(
            tables.Adapter(
                workspace_id=room.id,
                run_id=run_id,
                name="a",
                base_model=run.base_model,
                method="lora",
                manifest_sha256="0",
                lineage={},
            )
        )


def work_off(room, pilot_id):
    """Whatever the pilot waits for is done, until it waits for nothing."""
    for _ in range(40):
        pilot_job(room, pilot_id=pilot_id)
        pilot = get_pilot(room, pilot_id)
        if not pilot.active:
            return pilot
        if RAFT_WORK in pilot.made:
            build_raft(room, drafting_id=pilot.made[RAFT_WORK])
        if pilot.comparison_id:
            compare_job(room, comparison_id=pilot.comparison_id)
        with room.session() as session:
            queued = session.scalars(sa.select(tables.Run.id).where(tables.Run.state == "queued")).all()
        for run_id in queued:
            trained(room, run_id)
    raise AssertionError("the pilot never ends")


def test_a_pilot_trains_compares_and_concludes(room, library, version, question_set):
    pilot_id = start_pilot(room, PilotRequest(version, library, question_set, size=PilotSize(11, 1)))
    pilot = work_off(room, pilot_id)
    assert (pilot.state, pilot.error) == ("succeeded", None)
    found = pilot.recommendation
    assert found["conclusion"] == "rag"
    assert set(found["pilot"]["approaches"]) == set(APPROACHES)
    assert [point["share"] for point in found["pilot"]["learning_curve"]] == [0.25, 0.5, 1.0]
    asked = found["pilot"]["approaches"]["base"]["metrics"][found["pilot"]["metric"]]["n"]
    assert (found["pilot"]["lookup"]["metric"], found["pilot"]["lookup"]["n"]) == (
        found["pilot"]["metric"],
        asked,
    )


def test_both_is_an_adapter_trained_with_passages(room, library, version, question_set):
    pilot = work_off(room, start_pilot(room, PilotRequest(version, library, question_set)))
    with room.session() as session:
        row = session.get(tables.Comparison, pilot.comparison_id)
        assert (row.run_id, row.passages_run_id) == (pilot.made[RUN], pilot.made[PASSAGES_RUN])
        learned = session.get(tables.Run, row.passages_run_id).version_id
        contexts = session.scalars(
            sa.select(tables.Example.context).where(tables.Example.version_id == learned)
        ).all()
    assert contexts and all(contexts)


def test_part_of_the_examples_is_trained_on_for_as_many_steps(room, library, version, question_set):
    pilot = work_off(room, start_pilot(room, PilotRequest(version, library, question_set)))
    with room.session() as session:
        rows = session.scalars(sa.select(tables.Run).where(tables.Run.name.startswith("Pilot"))).all()
        plain = [row.settings for row in rows if row.id != pilot.made[PASSAGES_RUN]]
    assert sorted(settings["share"] for settings in plain) == [0.25, 0.5, 1.0]
    assert len({settings["max_steps"] for settings in plain if settings["share"] < 1}) == 1


def test_without_questions_the_held_out_part_is_asked(room, library, version):
    pilot = work_off(room, start_pilot(room, PilotRequest(version, library)))
    assert pilot.question_set_id is not None
    assert pilot.recommendation["pilot"]["questions"] >= 6


def test_documents_alone_prove_only_what_needs_no_training(room, library, question_set):
    pilot = work_off(room, start_pilot(room, PilotRequest(None, library, question_set)))
    assert set(pilot.recommendation["pilot"]["approaches"]) == {"base", "rag"}
    assert [stage.state for stage in stages_of(room, pilot)] == [DONE, DONE]


def test_a_stopped_pilot_keeps_what_is_done_and_goes_on(room, library, version, question_set):
    pilot_id = start_pilot(room, PilotRequest(version, library, question_set))
    pilot_job(room, pilot_id=pilot_id)
    stop_pilot(room, pilot_id)
    pilot_job(room, pilot_id=pilot_id)
    stopped = get_pilot(room, pilot_id)
    assert (stopped.state, RAFT_WORK in stopped.made) == ("stopped", True)
    resume_pilot(room, pilot_id)
    assert get_pilot(room, pilot_id).state == "queued"


def test_a_pilot_stopped_while_it_compares_asks_only_what_is_left(
    room, library, version, question_set, model_server
):
    pilot_id = start_pilot(room, PilotRequest(version, library, question_set))
    pilot = work_off(room, pilot_id)
    with room.session() as session:
        session.execute(sa.update(tables.Comparison).values(state="stopped", report=None))
        session.execute(sa.delete(tables.ComparisonAnswer).where(tables.ComparisonAnswer.position < 2))
        session.execute(sa.update(tables.Pilot).values(state="stopped", recommendation=None))
    before = model_server.asked.total()
    resume_pilot(room, pilot_id)
    again = work_off(room, pilot_id)
    assert (again.state, again.comparison_id) == ("succeeded", pilot.comparison_id)
    assert model_server.asked.total() - before == 2 * 5


def test_stopping_a_pilot_stops_what_it_waits_for(room, library, version, question_set):
    pilot_id = start_pilot(room, PilotRequest(version, library, question_set))
    pilot_job(room, pilot_id=pilot_id)
    pilot_job(room, pilot_id=pilot_id)
    stop_pilot(room, pilot_id)
    made = get_pilot(room, pilot_id).made
    assert not raft.get(room, made[RAFT_WORK]).active


def test_a_comparison_that_somebody_stopped_stays_stopped(room, library, question_set):
    pilot_id = start_pilot(room, PilotRequest(None, library, question_set))
    pilot_job(room, pilot_id=pilot_id)
    compared = get_pilot(room, pilot_id).comparison_id
    stop_comparison(room, compared)
    pilot_job(room, pilot_id=pilot_id)
    assert (get_comparison(room, compared).state, get_pilot(room, pilot_id).state) == ("stopped", "stopped")
    resume_pilot(room, pilot_id)
    assert get_comparison(room, compared).state == "queued"


def test_a_run_that_somebody_stopped_stays_stopped_and_ends_the_pilot(room, version):
    pilot_id = start_pilot(room, PilotRequest(version))
    pilot_job(room, pilot_id=pilot_id)
    run_id = get_pilot(room, pilot_id).made[RUN]
    stop_run(room, run_id)
    pilot_job(room, pilot_id=pilot_id)
    assert (get_run(room, run_id).state, get_pilot(room, pilot_id).state) == ("stopped", "stopped")
    resume_pilot(room, pilot_id)
    assert get_run(room, run_id).state == "queued"


def test_what_is_asked_for_while_a_pilot_is_stopped_is_stopped_too(room, library, question_set, monkeypatch):
    pilot_id = start_pilot(room, PilotRequest(None, library, question_set))

    def ask(room, request):
        stop_pilot(room, pilot_id)
        return create_once(room, request)

    monkeypatch.setattr("studio.advice.piloting.stages.create_once", ask)
    pilot_job(room, pilot_id=pilot_id)
    pilot = get_pilot(room, pilot_id)
    assert (pilot.state, get_comparison(room, pilot.comparison_id).state) == ("stopped", "stopped")


def test_time_left_falls_with_every_stage(room, library, version, question_set):
    pilot_id = start_pilot(room, PilotRequest(version, library, question_set))
    before = seconds_left(stages_of(room, get_pilot(room, pilot_id)))
    pilot = work_off(room, pilot_id)
    assert before > 60 > seconds_left(stages_of(room, pilot)) == 0


def test_a_failed_training_fails_the_pilot_in_one_sentence(room, version):
    pilot_id = start_pilot(room, PilotRequest(version))
    pilot_job(room, pilot_id=pilot_id)
    with room.session() as session:
        session.execute(sa.update(tables.Run).values(state="failed", error="Out of memory."))
    with pytest.raises(Exception, match="Out of memory"):
        pilot_job(room, pilot_id=pilot_id)
    fail_pilot(room, "Out of memory.", pilot_id=pilot_id)
    assert get_pilot(room, pilot_id).state == "failed"


def test_nothing_to_ask_is_said_before_anything_is_trained(room, library):
    with pytest.raises(BadInput, match="needs held-out questions"):
        start_pilot(room, PilotRequest(None, library))


def test_another_workspace_sees_no_pilot(room, database, version):
    pilot_id = start_pilot(room, PilotRequest(version))
    with pytest.raises(NotFound):
        get_pilot(database.workspace("elsewhere"), pilot_id)
