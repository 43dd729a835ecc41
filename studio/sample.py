"""The sample: a made-up trade brought into a workspace the way a team would bring its own.

Called by the start page and by tests. Nothing is precomputed: documents are read, an adapter is trained
and the four approaches are compared on this host.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from studio.comparison.compare import ComparisonRequest, ComparisonView, create_comparison, list_comparisons
from studio.comparison.question_sets import read_questions, save_question_set
from studio.errors import NotFound
from studio.jobs.queue import defer, task
from studio.library.intake.adding import add_documents
from studio.library.libraries import LibraryView, create_library, find_library
from studio.store.database import Workspace
from studio.training_sets.reading import read_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, VersionView, list_versions, save_training_set
from studio.tuning.runs import RunRequest, RunView, create_run, list_runs

FOLDER = Path(__file__).resolve().parents[1] / "samples"
LIBRARY = "Dewclock Works (sample)"
TRAINING_SET = "Dewclock answers (sample)"
QUESTIONS = "Dewclock questions (sample)"
RUN = "Dewclock quick look (sample)"
COMPARISON = "Dewclock: four approaches (sample)"
PRESET = "Quick look"

State = Literal["waiting", "working", "done", "failed"]


@dataclass(frozen=True)
class Step:
    """One stage of the sample; `page` is the file of the page where it can be looked at."""

    name: str
    state: State
    detail: str
    page: str


def load_sample(room: Workspace) -> None:
    """Ask for the sample; asking again changes nothing that is there."""
    defer(room, "sample")


@task("sample", lane="documents")
def bring_in(room: Workspace) -> None:
    """Bring in documents, examples and questions, and queue the run and the comparison."""
    try:
        library = find_library(room, LIBRARY)
    except NotFound:
        library = create_library(room, LIBRARY)
    add_documents(room, library.id, [FOLDER / "documents"])
    version_id = _training_set(room)
    questions = read_questions(FOLDER / "questions.csv", "questions.csv")
    question_set_id = save_question_set(room, QUESTIONS, questions, source="questions.csv")
    run_id = create_run(
        room, RunRequest(name=RUN, version_id=version_id, preset=PRESET, idempotency_key="sample")
    )
    if _comparison(room) is None:
        create_comparison(
            room,
            ComparisonRequest(
                name=COMPARISON, question_set_id=question_set_id, library_id=library.id, run_id=run_id
            ),
        )


def _training_set(room: Workspace) -> int:
    path = FOLDER / "examples.csv"
    table = read_table(path, path.name)
    saving = Saving(source_name=path.name, source_sha256=room.blobs.put(path))
    return save_training_set(room, TRAINING_SET, table, guess_mapping(table), saving)


def sample_progress(room: Workspace) -> list[Step]:
    """How far the sample is; empty when it was never asked for."""
    try:
        library = find_library(room, LIBRARY)
    except NotFound:
        return []
    return [
        _documents_step(library),
        _examples_step(_version(room)),
        _run_step(_run(room)),
        _comparison_step(_comparison(room)),
    ]


def _documents_step(library: LibraryView) -> Step:
    state: State = "done" if library.documents and not library.working else "working"
    detail = f"{library.ready} of {library.documents} documents are ready, in {library.passages} passages."
    return Step("Documents", state, detail, "pages/library/library.py")


def _examples_step(version: VersionView | None) -> Step:
    page = "pages/tuning/training_sets.py"
    if version is None:
        return Step("Training set", "waiting", "240 examples of the trade's own answers.", page)
    return Step("Training set", "done", f"{version.examples} examples, checked and versioned.", page)


def _run_step(run: RunView | None) -> Step:
    page = "pages/tuning/runs.py"
    if run is None or run.state == "queued":
        return Step("Run", "waiting", "A small adapter is trained on the examples.", page)
    if run.state == "succeeded":
        return Step("Run", "done", f"An adapter was trained in {run.total_steps} steps.", page)
    if run.state in ("failed", "interrupted", "stopped"):
        return Step("Run", "failed", run.error or f"The run was {run.state}.", page)
    return Step("Run", "working", f"Step {run.step} of {run.total_steps}.", page)


def _comparison_step(comparison: ComparisonView | None) -> Step:
    page = "pages/compare/comparisons.py"
    if comparison is None or comparison.state == "queued":
        return Step("Comparison", "waiting", "60 held-out questions, answered in four ways.", page)
    if comparison.state == "succeeded":
        return Step("Comparison", "done", comparison.headline, page)
    if comparison.state in ("failed", "stopped"):
        return Step("Comparison", "failed", comparison.error or f"It was {comparison.state}.", page)
    return Step("Comparison", "working", f"{comparison.done} of {comparison.total} answers.", page)


def _version(room: Workspace) -> VersionView | None:
    return next((one for one in list_versions(room) if one.name == TRAINING_SET), None)


def _run(room: Workspace) -> RunView | None:
    return next((one for one in list_runs(room) if one.name == RUN), None)


def _comparison(room: Workspace) -> ComparisonView | None:
    return next((one for one in list_comparisons(room) if one.name == COMPARISON), None)
