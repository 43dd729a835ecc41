"""The job "compare": asks every approach every question, stores each answer as it comes, then reports.

Run by the compute worker. Run again after a crash it asks only what has no answer yet.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from studio.comparison.asking import Asker, answer_length
from studio.comparison.question_sets import Question
from studio.comparison.readiness import Ready, look
from studio.comparison.results import find, report_now
from studio.comparison.scoring import References, score
from studio.comparison.selection import chosen_questions, settle_questions
from studio.engine.client import open_engine
from studio.errors import StudioError
from studio.jobs.queue import defer, task
from studio.store import tables
from studio.store.database import Workspace

JOB = "compare"
SLICE = 8
WAIT_SECONDS = 3.0


@dataclass(frozen=True)
class Work:
    """What is left to do: positions without an answer, by approach."""

    comparison_id: int
    questions: Mapping[int, Question]
    left: Mapping[str, list[int]]
    library_id: int | None

    @cached_property
    def references(self) -> References:
        """Of all its questions."""
        return References.of(self.questions.values())

    @property
    def total(self) -> int:
        return len(self.questions) * len(self.left)

    @property
    def open(self) -> int:
        return sum(len(positions) for positions in self.left.values())


def fail_comparison(room: Workspace, sentence: str, *, comparison_id: int) -> None:
    """Called by the worker when the job cannot go on; answers already stored are kept."""
    with room.session() as session:
        row = find(session, room, comparison_id)
        row.state, row.error = "failed", sentence


@task(JOB, lane="compute", failed=fail_comparison)
def compare_job(room: Workspace, *, comparison_id: int) -> None:
    """Wait for what is needed, ask, score, report."""
    with room.session() as session:
        row = find(session, room, comparison_id)
        if row.state not in ("queued", "running"):
            return
        ready = look(session, room, row)
    if ready.waiting_for and not _must_stop(room, comparison_id):
        _wait(room, comparison_id, ready)
        return
    work = _begin(room, comparison_id)
    if not work.questions:
        raise StudioError("No question is left to ask: the adapter was trained on all of them.")
    if work.open and not _must_stop(room, comparison_id):
        _ask_all(room, work, ready.adapters)
    _finish(room, comparison_id)


def _wait(room: Workspace, comparison_id: int, ready: Ready) -> None:
    """Go to the end of the queue: jobs of this lane run one at a time, so what is awaited comes first."""
    _say(room, comparison_id, {"waiting_for": ready.waiting_for})
    time.sleep(WAIT_SECONDS)
    with room.session() as session:
        find(session, room, comparison_id).job_id = defer(room, JOB, session, comparison_id=comparison_id)


def _begin(room: Workspace, comparison_id: int) -> Work:
    with room.session() as session:
        row = find(session, room, comparison_id)
        row.state = "running"
        settle_questions(session, room, row)
        questions, _ = chosen_questions(session, room, row)
        answered = tables.ComparisonAnswer
        stored = sa.select(answered.approach, answered.position).where(
            answered.workspace_id == room.id, answered.comparison_id == comparison_id
        )
        done = {(approach, at) for approach, at in session.execute(stored)}
        left = {a: [at for at in sorted(questions) if (a, at) not in done] for a in row.approaches}
        return Work(comparison_id, questions, left, row.library_id)


def _ask_all(room: Workspace, work: Work, adapters: Mapping[str, int]) -> None:
    engine = open_engine(room.settings)
    length = answer_length([question.reference for question in work.questions.values()])
    asker = Asker(room, engine, work.library_id, adapters, length)
    began, asked = time.monotonic(), 0
    for approach, open_positions in work.left.items():
        positions = asker.short_first(approach, {at: work.questions[at] for at in open_positions})
        for start in range(0, len(positions), SLICE):
            each = (time.monotonic() - began) / asked if asked else None
            _say(room, work.comparison_id, _progress(work, approach, asked, each))
            if _must_stop(room, work.comparison_id):
                return
            part = positions[start : start + SLICE]
            _answer(room, asker, work, (approach, part))
            asked += len(part)


def _answer(room: Workspace, asker: Asker, work: Work, part: tuple[str, list[int]]) -> None:
    approach, positions = part
    questions = [work.questions[at] for at in positions]
    asked = asker.ask(approach, questions)
    scores = score(asker.engine, questions, asked, work.references)
    rows = [
        {
            "workspace_id": room.id,
            "comparison_id": work.comparison_id,
            "position": at,
            "approach": approach,
            "answer": given.answer.replace("\0", ""),
            "sources": given.sources,
            "scores": scored,
            "seconds": given.seconds,
        }
        for at, given, scored in zip(positions, asked, scores, strict=True)
    ]
    with room.session() as session:
        session.execute(insert(tables.ComparisonAnswer).on_conflict_do_nothing(), rows)


def _progress(work: Work, approach: str, asked: int, seconds_each: float | None) -> dict[str, Any]:
    left = None if seconds_each is None else round(seconds_each * (work.open - asked), 1)
    done = work.total - work.open + asked
    return {"done": done, "total": work.total, "approach": approach, "seconds_left": left}


def _say(room: Workspace, comparison_id: int, progress: dict[str, Any]) -> None:
    with room.session() as session:
        find(session, room, comparison_id).progress = progress


def _must_stop(room: Workspace, comparison_id: int) -> bool:
    with room.session() as session:
        return find(session, room, comparison_id).stop_requested


def _finish(room: Workspace, comparison_id: int) -> None:
    with room.session() as session:
        row = find(session, room, comparison_id)
        found = report_now(session, room, row)
        row.report = found.as_dict()
        row.state = "stopped" if row.stop_requested else "succeeded"
        answered = sum(entry["answers"] for entry in found.approaches.values())
        row.progress = {**row.progress, "done": answered, "seconds_left": 0.0}
        row.finished_at = session.scalar(sa.select(sa.func.now()))
