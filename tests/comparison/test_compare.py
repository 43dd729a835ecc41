import pytest
import sqlalchemy as sa

from studio.comparison.job import compare_job, fail_comparison
from studio.comparison.question_sets import Question, save_question_set
from studio.comparison.requests import ComparisonRequest, create_comparison, resume_comparison
from studio.comparison.results import get_comparison, list_comparisons, report, stop_comparison
from studio.comparison.selection import _sample
from studio.errors import BadInput, NotFound, StudioError
from studio.store import tables
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import save_training_set

pytestmark = pytest.mark.postgres


@pytest.fixture
def compare(room):
    """Create a comparison and run its job here, as a worker would."""

    def run(**request):
        comparison = create_comparison(room, ComparisonRequest(**request))
        compare_job(room, comparison_id=comparison)
        return comparison

    return run


@pytest.fixture
def trained(room):
    """A finished run with an adapter, trained on one of the questions."""
    pairs = [
        ["which colour is  LAMP red?", "Red."],
        *([f"Lamp number {n}?", f"Colour {n}."] for n in range(30)),
    ]
    table = Table(["question", "answer"], pairs)
    version = save_training_set(room, "lamps", table, guess_mapping(table))
    with room.session() as session:
        session.execute(sa.update(tables.Example).values(split="train"))
        run = tables.Run(
            workspace_id=room.id, name="r", version_id=version, base_model="b", method="lora",
            settings={}, state="succeeded",
        )  # fmt: skip
        session.add(run)
        session.flush()
        run_id = run.id
    return run_id


def report_of(room, comparison):
    return report(room, comparison).as_dict()


def give_adapter(room, run_id):
    with room.session() as session:
        row = tables.Adapter(
            workspace_id=room.id, run_id=run_id, name="a", base_model="b", method="lora",
            manifest_sha256="0", lineage={},
        )  # fmt: skip
        session.add(row)


def test_rag_beats_base_where_the_passages_hold_the_answers(room, compare, question_set, library):
    found = report_of(room, compare(question_set_id=question_set, library_id=library))
    assert list(found["approaches"]) == ["base", "rag"]
    assert found["approaches"]["rag"]["metrics"]["token_f1"]["mean"] > 0.9
    assert (found["leader"]["choose"], found["leader"]["decided"]) == ("rag", True)
    assert found["headline"].startswith("RAG leads by")


def test_every_answer_is_kept_with_its_sources_and_scores(room, compare, question_set, library):
    row = report_of(room, compare(question_set_id=question_set, library_id=library))["answers"][0]
    assert row["rag"] == row["reference"]
    assert row["sources"]["rag"][0]["document"] == "lamp-red.txt"
    assert row["scores"]["rag"]["passage_found"] == 1.0


def test_sentences_that_a_passage_supports_are_counted(room, compare, question_set, library):
    found = report_of(room, compare(question_set_id=question_set, library_id=library))
    assert found["approaches"]["rag"]["metrics"]["supported"]["mean"] == 1.0
    assert "supported" not in found["approaches"]["base"]["metrics"]


def test_an_unanswerable_question_counts_for_refusal_alone(room, compare, question_set, library):
    found = report_of(room, compare(question_set_id=question_set, library_id=library))
    metrics = found["approaches"]["rag"]["metrics"]
    assert (metrics["token_f1"]["n"], metrics["refusal_right"]["n"]) == (10, 1)
    assert metrics["refusal_right"]["mean"] == 1.0
    assert found["approaches"]["base"]["metrics"]["refusal_right"]["mean"] == 0.0


def test_questions_the_adapter_was_trained_on_are_excluded(room, compare, question_set, trained):
    give_adapter(room, trained)
    found = report_of(room, compare(question_set_id=question_set, run_id=trained))
    assert (found["questions"], found["excluded"]) == (10, 1)
    assert any("trained on the same question" in note for note in found["notes"])


def test_a_job_run_again_asks_only_what_has_no_answer(room, compare, question_set, model_server):
    comparison = compare(question_set_id=question_set, approaches=("base",))
    with room.session() as session:
        session.execute(sa.update(tables.Comparison).values(state="running", report=None))
        session.execute(sa.delete(tables.ComparisonAnswer).where(tables.ComparisonAnswer.position < 3))
    before = model_server.asked.total()
    compare_job(room, comparison_id=comparison)
    assert model_server.asked.total() - before == 3
    assert get_comparison(room, comparison).state == "succeeded"


def test_a_comparison_waits_for_its_run(room, question_set, trained, monkeypatch):
    monkeypatch.setattr("studio.comparison.job.WAIT_SECONDS", 0.0)
    with room.session() as session:
        session.execute(sa.update(tables.Run).values(state="running"))
    comparison = create_comparison(room, ComparisonRequest(question_set, run_id=trained))
    compare_job(room, comparison_id=comparison)
    waiting = get_comparison(room, comparison)
    assert waiting.state == "queued"
    assert waiting.progress["waiting_for"] == f"run {trained}, which is running"


def test_a_run_that_failed_is_not_waited_for(room, question_set, trained):
    with room.session() as session:
        session.execute(sa.update(tables.Run).values(state="failed"))
    comparison = create_comparison(room, ComparisonRequest(question_set, run_id=trained))
    with pytest.raises(StudioError, match="without an adapter"):
        compare_job(room, comparison_id=comparison)


def test_a_waiting_comparison_stops_at_once(room, question_set):
    comparison = create_comparison(room, ComparisonRequest(question_set))
    stop_comparison(room, comparison)
    assert get_comparison(room, comparison).state == "stopped"
    compare_job(room, comparison_id=comparison)
    assert report_of(room, comparison)["approaches"] == {}


def test_a_running_comparison_that_is_stopped_keeps_its_answers(room, compare, question_set):
    comparison = compare(question_set_id=question_set)
    with room.session() as session:
        session.execute(
            sa.update(tables.Comparison).values(state="running", report=None, stop_requested=True)
        )
        session.execute(sa.delete(tables.ComparisonAnswer).where(tables.ComparisonAnswer.position > 4))
    compare_job(room, comparison_id=comparison)
    assert get_comparison(room, comparison).state == "stopped"
    assert report_of(room, comparison)["approaches"]["base"]["answers"] == 5


def test_a_failed_comparison_says_why(room, question_set):
    comparison = create_comparison(room, ComparisonRequest(question_set))
    fail_comparison(room, "The engine is gone.", comparison_id=comparison)
    assert get_comparison(room, comparison).error == "The engine is gone."


def test_a_limit_takes_nearly_the_same_questions_when_a_few_are_left_out():
    questions = dict.fromkeys(range(100))
    fewer = {at: None for at in questions if at not in (3, 41)}
    shared = _sample(questions, 40).keys() & _sample(fewer, 40).keys()
    assert len(shared) >= 38


def test_a_limit_takes_the_same_questions_every_time(room, compare, question_set):
    asked = [
        [
            row["question"]
            for row in report_of(room, compare(question_set_id=question_set, limit=4))["answers"]
        ]
        for _ in range(2)
    ]
    assert asked[0] == asked[1]
    assert len(asked[0]) == 4


def test_progress_ends_at_the_total(room, compare, question_set):
    progress = get_comparison(room, compare(question_set_id=question_set)).progress
    assert progress["done"] == progress["total"] == 11
    assert list_comparisons(room)[0].headline


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"approaches": ("rag",)}, "needs a library"),
        ({"approaches": ("fine-tuned",)}, "needs an adapter"),
        ({"approaches": ("guess",)}, "no approach"),
        ({"limit": 0}, "at least one"),
    ],
)
def test_what_cannot_be_compared_is_refused(room, question_set, request_, said):
    with pytest.raises(BadInput, match=said):
        create_comparison(room, ComparisonRequest(question_set, **request_))
    assert list_comparisons(room) == []


def test_a_library_of_another_workspace_is_not_found(room, question_set, library, database):
    other = database.workspace(f"{room.name} neighbour")
    theirs = save_question_set(other, "q", [Question("Why?", "So.")])
    with pytest.raises(NotFound):
        create_comparison(other, ComparisonRequest(theirs, library_id=library))


def test_only_what_has_ended_early_can_go_on(room, compare, question_set):
    comparison = compare(question_set_id=question_set, approaches=("base",))
    with pytest.raises(BadInput, match="this one is succeeded"):
        resume_comparison(room, comparison)
