"""Measures on a library's own passages, or on the team's questions, how much meaning should weigh in its
search, and keeps the weight with the whole table.

Called at the end of ingest, by pages and by the command `measure`. The job is safe to repeat: it only
replaces what was measured before.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from studio.jobs.queue import defer, task
from studio.library.libraries import library_row, locked_library
from studio.library.quality.questions import ENOUGH, documents_called, list_questions
from studio.library.quality.self_test import ask_itself
from studio.library.quality.thresholds import calibrate_threshold
from studio.library.quality.trials import Say, SettingResult, try_questions
from studio.library.quality.weights import best_weight, usual_weight
from studio.store.database import Workspace
from studio.store.tables import Library

MEASURE = "measure"
FEWEST = 20  # questions; with fewer the usual weight stays
CHANGED = 0.2  # measured again when the library grew or shrank by so much


@dataclass(frozen=True)
class Measurement:
    """`chosen` is the weight of meaning that came out; `settings` is empty where there was too little to
    measure on. `passages` tells how large the library was."""

    settings: list[SettingResult]
    questions: int
    origin: Literal["synthetic", "team"]
    chosen: float
    passages: int
    measured_at: str


def read_measurement(search: dict[str, Any]) -> Measurement | None:
    """What `libraries.search` says was measured."""
    said = search.get("measurement")
    if not said:
        return None
    return Measurement(**{**said, "settings": [SettingResult(**one) for one in said["settings"]]})


def find_measurement(room: Workspace, library_id: int) -> Measurement | None:
    """The newest measurement of a library."""
    return read_measurement(library_row(room, library_id).search)


def is_measuring(room: Workspace, library_id: int) -> bool:
    """Whether a measurement is asked for and not done."""
    return "measuring" in library_row(room, library_id).search


def measure_if_changed(room: Workspace, library_id: int) -> bool:
    """Ask for a measurement when the library changed much since the last one; True if it was asked for."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        if "measuring" in library.search or not _has_changed(library):
            return False
        library.search = {**library.search, "measuring": {"done": 0, "total": 0}}
        defer(room, MEASURE, session, library_id=library_id)
    return True


def measuring_failed(room: Workspace, sentence: str, *, library_id: int) -> None:
    """The job gave up: search goes on with the weight it has."""
    _end(room, library_id, {"measuring_error": sentence})


@task(MEASURE, lane="documents", failed=measuring_failed)
def measure_job(room: Workspace, *, library_id: int) -> None:
    """Nothing to do where the library is gone meanwhile."""
    with room.session() as session:
        chosen = sa.select(Library.id).where(Library.workspace_id == room.id, Library.id == library_id)
        if session.scalar(chosen) is None:
            return
    measure_library(room, library_id)


def measure_library(room: Workspace, library_id: int) -> Measurement:
    """Measure and store; where a person keeps a weight, the table alone. The first time also from which
    nearness on the library answers."""
    library = library_row(room, library_id)
    usual = usual_weight(library.embedding_model, library.language)

    def say(done: int, total: int) -> None:
        _say(room, library_id, done, total)

    results, origin = _by_team(room, library_id, say), "team"
    if results is None:
        results, origin = ask_itself(room, library, say), "synthetic"
    enough = bool(results) and results[0].questions >= FEWEST
    measured = Measurement(
        settings=results if enough else [],
        questions=results[0].questions if results else 0,
        origin="team" if origin == "team" else "synthetic",
        chosen=best_weight(results, usual) if enough else usual,
        passages=library.passage_count,
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    _end(room, library_id, {"measurement": asdict(measured)}, measured.chosen)
    calibrate_threshold(room, library_id)
    return measured


def keep_setting(room: Workspace, library_id: int, dense_weight: float) -> None:
    """Search with this weight from now on; measuring does not change it until `release_setting`."""
    weight = min(max(dense_weight, 0.0), 1.0)
    _decide(room, library_id, weight, kept=True)


def release_setting(room: Workspace, library_id: int) -> None:
    """Let measurements decide again, beginning with the last one."""
    library = library_row(room, library_id)
    measured = read_measurement(library.search)
    usual = usual_weight(library.embedding_model, library.language)
    _decide(room, library_id, measured.chosen if measured else usual, kept=False)


def _by_team(room: Workspace, library_id: int, say: Say) -> list[SettingResult] | None:
    """None where the team has too few questions about documents that are there."""
    called = documents_called(room, library_id)
    rows = [row for row in list_questions(room, library_id) if any(name in called for name in row.documents)]
    if len(rows) < ENOUGH:
        return None
    return try_questions(room, library_id, [(row.question, row.documents) for row in rows], say=say)


def _has_changed(library: Library) -> bool:
    measured = read_measurement(library.search)
    before = measured.passages if measured else 0
    return abs(library.passage_count - before) > CHANGED * before


def _say(room: Workspace, library_id: int, done: int, total: int) -> None:
    """Progress of a measurement that was asked for; one that a command makes itself leaves no trace of it,
    since nobody would take it away if the command were interrupted."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        if "measuring" in library.search:
            library.search = {**library.search, "measuring": {"done": done, "total": total}}


def _end(room: Workspace, library_id: int, news: dict[str, Any], weight: float | None = None) -> None:
    """The measurement is over; what a person has kept meanwhile stays."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        ended = ("measuring", "measuring_error")
        library.search = {key: said for key, said in library.search.items() if key not in ended} | news
        if weight is not None and not library.search.get("kept"):
            library.dense_weight = weight


def _decide(room: Workspace, library_id: int, weight: float, kept: bool) -> None:
    with room.session() as session:
        library = locked_library(session, room, library_id)
        library.search = {**library.search, "kept": kept}
        library.dense_weight = weight
