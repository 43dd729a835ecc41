"""What the base model knows already and what a library supports."""

import pytest

from studio.engine.client import Engine
from studio.errors import BadInput
from studio.jobs.queue import tasks
from studio.store.database import Database, Workspace
from studio.training_sets import drafts
from studio.training_sets.building import probing
from studio.training_sets.building.judging import is_right
from studio.training_sets.building.probing import Kind, ProbeView
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import Find, examples, find_examples, get_version, save_rows
from tests.building.conftest import LAMPS, Writer

pytestmark = pytest.mark.postgres


def probed(room: Workspace, version: int, kind: Kind, **options: int) -> ProbeView:
    probing.start(room, version, kind, **options)
    tasks[probing.JOB].function(room, version_id=version, kind=kind)
    found = probing.find_probe(room, version, kind)
    assert found is not None
    return found


def prompts(room: Workspace, version: int, probe: ProbeView) -> set[str]:
    stored = examples(room, version)
    return {stored[position].prompt for position in probe.positions}


def test_what_no_passage_supports_is_named(room: Workspace, version: int, library: int) -> None:
    probe = probed(room, version, "support", library_id=library)
    assert prompts(room, version, probe) == {"Who owns the quarry?", "Which tide carries barges?"}
    assert (probe.share.sample, probe.state, probe.library) == (2 * len(LAMPS) + 2, "succeeded", "lamps")


def test_answers_without_support_change_the_verdict(room: Workspace, library: int) -> None:
    rows = [
        Candidate(n, f"How old is quarry {n}?", f"Quarry {n} has {n * 7} years of digging.")
        for n in range(120)
    ]
    unfounded = save_rows(room, "quarries", rows)
    before = get_version(room, unfounded).report["verdict"]
    probed(room, unfounded, "support", library_id=library)
    after = get_version(room, unfounded).report
    assert (before, after["verdict"], "not supported" in after["why"]) == ("enough", "thin", True)
    assert "unsupported" in {finding["kind"] for finding in after["findings"]}


def test_what_the_model_answers_right_is_known(room: Workspace, version: int, writer: Writer) -> None:
    writer.says = {"light does Aster": "12 hours, I think.", "does Birch": "It gives 99 hours of light."}
    probe = probed(room, version, "known")
    assert prompts(room, version, probe) == {"How many hours of light does Aster give?"}
    assert probe.share.share == pytest.approx(1 / 14, abs=1e-4)
    assert probe.model == "writer-7b"


def test_the_question_is_asked_without_any_passage(room: Workspace, version: int, writer: Writer) -> None:
    probed(room, version, "known", sample=3)
    assert len(writer.asked) == 3
    assert set(writer.asked) <= {one.prompt for one in examples(room, version)}


def test_a_smaller_sample_is_always_the_same(room: Workspace, version: int, library: int) -> None:
    first = probed(room, version, "support", sample=5, library_id=library)
    again = probed(room, version, "support", sample=5, library_id=library)
    assert (first.share, first.positions) == (again.share, again.positions)
    assert first.share.sample == 5


def test_a_job_that_is_repeated_asks_only_what_is_open(room: Workspace, version: int, writer: Writer) -> None:
    probing.start(room, version, "known", 4)
    for _ in range(2):
        tasks[probing.JOB].function(room, version_id=version, kind="known")
    assert len(writer.asked) == 4


def test_a_stopped_probe_asks_nothing(room: Workspace, version: int, writer: Writer) -> None:
    probing.start(room, version, "known")
    probing.stop(room, version, "known")
    tasks[probing.JOB].function(room, version_id=version, kind="known")
    found = probing.find_probe(room, version, "known")
    assert found and (found.state, found.done, writer.asked) == ("stopped", 0, [])


def test_what_a_probe_found_can_be_removed_in_one_step_and_undone(
    room: Workspace, version: int, library: int
) -> None:
    probed(room, version, "support", library_id=library)
    draft = drafts.open_draft(room, version)
    assert probing.drop(room, draft.id, version, "support") == 2
    assert drafts.get_draft(room, draft.id).removed == 2
    drafts.undo(room, draft.id)
    assert drafts.get_draft(room, draft.id).removed == 0


def test_what_a_probe_found_can_be_looked_for_as_a_defect(
    room: Workspace, version: int, library: int
) -> None:
    probed(room, version, "support", library_id=library)
    assert find_examples(room, version, Find(defect="unsupported")).found == 2


def test_support_needs_a_library(room: Workspace, version: int) -> None:
    with pytest.raises(BadInput, match="library"):
        probing.start(room, version, "support")


@pytest.mark.parametrize(
    ("answer", "reference", "right"),
    [
        ("It holds 1.26 litres.", "The brim holds 1.26 litres.", True),
        ("It holds 2 litres.", "The brim holds 1.26 litres.", False),
        ("I would say Paris.", "Paris", True),
        ("Comparisons are odious.", "Paris", False),
        ("I do not know.", "Paris", False),
        ("The keeper combs the veil with care.", "The keeper combs the veil.", True),
        ("Whatever you like.", "", None),
    ],
)
def test_right_is_by_figures_else_by_words(answer: str, reference: str, right: bool | None) -> None:
    assert is_right(answer, "What is it?", reference) is right


@pytest.mark.model
def test_the_bundled_model_is_probed_through_its_own_engine(
    database: Database, room: Workspace, engine: Engine
) -> None:
    own = database.workspace(f"{room.name} own engine")
    rows = [
        Candidate(1, "What is the capital of France?", "Paris"),
        Candidate(2, "What does the bell of Ollen weigh?", "It weighs 318 kilograms."),
    ]
    version = save_rows(own, "facts", rows)
    probe = probed(own, version, "known")
    assert prompts(own, version, probe) == {"What is the capital of France?"}
