import pytest

from studio.advice.answers import Answers
from studio.advice.decisions import Evidence, get_decision, list_decisions, save_decision
from studio.advice.measure import measure_files, measure_signals
from studio.advice.recommend import recommend
from studio.advice.signals import Signals
from studio.errors import BadInput, NotFound
from studio.training_sets.reading import read_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import save_training_set


@pytest.fixture
def examples_file(tmp_path):
    lines = [f"What is part {n}?,Part {n} is a bronze pump housing from drawer {n}." for n in range(40)]
    path = tmp_path / "examples.csv"
    path.write_text("\n".join(["question,answer", *lines, lines[0]]))
    return path


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for n in range(20):
        (folder / f"{n}.txt").write_text(f"Part {n} is a bronze pump housing. It comes from drawer {n}.\n")
    (folder / "empty.txt").write_text("")
    return folder


def test_files_are_measured_without_storing_anything(documents, examples_file):
    found = measure_files([documents], examples_file)
    assert (found.documents, found.examples, found.distinct_answers) == (20, 40, 40)
    assert found.duplicate_share == pytest.approx(1 / 41, abs=1e-3)
    assert found.answer_coverage == 0.5  # the documents tell of every second part
    assert found.sample_sizes["answer_coverage"] == 40


def test_a_path_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadInput, match="nowhere"):
        measure_files([tmp_path / "nowhere"])


def test_nothing_given_is_nothing_measured():
    assert measure_files([]) == Signals()


def test_a_value_by_hand_takes_the_place_of_a_measured_one():
    found = Signals(examples=40, documents=3, sample_sizes={"examples": 41}).overridden({"examples": 9_000})
    assert (found.examples, found.documents, dict(found.sample_sizes)) == (9_000, 3, {})


@pytest.mark.postgres
def test_a_stored_training_set_is_measured(room, examples_file):
    table = read_table(examples_file, "examples.csv")
    found = measure_signals(room, version_id=save_training_set(room, "parts", table, guess_mapping(table)))
    assert (found.examples, found.documents) == (40, None)
    assert found.sample_sizes["examples"] == 40


@pytest.mark.postgres
def test_a_decision_is_kept_with_its_answers_signals_and_reasons(room):
    found = recommend(Answers(needs_sources=True), Signals(documents=40))
    stored = get_decision(room, save_decision(room, found, Evidence()))
    assert (stored.conclusion, stored.answers["needs_sources"], stored.signals["documents"]) == (
        "rag",
        True,
        40,
    )
    assert stored.recommendation["reasons"][0]["rule"] == "sources-must-show"
    assert [decision.id for decision in list_decisions(room)] == [stored.id]


@pytest.mark.postgres
def test_another_workspace_does_not_see_a_decision(room, database):
    decision = save_decision(room, recommend(Answers(), Signals()))
    with pytest.raises(NotFound):
        get_decision(database.workspace(f"{room.name} neighbour"), decision)
