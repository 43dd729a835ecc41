"""Asks for a comparison and checks that it can be made. Used by pages and commands."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.approaches import Means, check_approaches, possible
from studio.comparison.job import JOB
from studio.comparison.question_sets import get_question_set
from studio.comparison.results import find
from studio.errors import BadInput, NotFound
from studio.jobs.queue import defer
from studio.store import tables
from studio.store.database import Workspace


@dataclass(frozen=True)
class ComparisonRequest:
    """`run_id` (which may still be going) or `adapter_id` brings the adapter; no approaches: all possible.

    `passages_run_id` brings a second one, trained with passages in its prompts, which rag+fine-tuned asks.
    `limit` takes that many questions of the set, always the same ones.
    """

    question_set_id: int
    approaches: tuple[str, ...] | None = None
    library_id: int | None = None
    run_id: int | None = None
    passages_run_id: int | None = None
    adapter_id: int | None = None
    limit: int | None = None
    name: str = ""


def create_comparison(room: Workspace, request: ComparisonRequest) -> int:
    """Store the comparison, queue its job and return its id; raises BadInput or NotFound."""
    asked = get_question_set(room, request.question_set_id)
    if request.limit is not None and request.limit < 1:
        raise BadInput("Take at least one question.")
    with room.session() as session:
        run_id = _run_of(session, room, request)
        _must_exist(session, room, tables.Library, request.library_id, "library")
        _must_exist(session, room, tables.Run, request.passages_run_id, "run")
        means = Means(request.library_id is not None, run_id is not None, request.passages_run_id is not None)
        row = tables.Comparison(
            workspace_id=room.id,
            name=request.name.strip() or asked.name,
            question_set_id=request.question_set_id,
            library_id=request.library_id,
            run_id=run_id,
            passages_run_id=request.passages_run_id,
            approaches=check_approaches(request.approaches or possible(means), means),
            question_limit=request.limit,
        )
        session.add(row)
        session.flush()
        row.job_id = defer(room, JOB, session, comparison_id=row.id)
        return row.id


def create_once(room: Workspace, request: ComparisonRequest) -> int:
    """The comparison of this name, created only where there is none: for a job whose worker may have died
    between asking for it and keeping its number."""
    row = tables.Comparison
    named = sa.select(row.id).where(row.workspace_id == room.id, row.name == request.name)
    with room.session() as session:
        made = session.scalar(named.order_by(row.id).limit(1))
    return create_comparison(room, request) if made is None else made


def resume_comparison(room: Workspace, comparison_id: int) -> None:
    """Go on with one that was stopped or has failed; what is answered is not asked again."""
    with room.session() as session:
        row = find(session, room, comparison_id)
        if row.state not in ("stopped", "failed"):
            raise BadInput(
                f"Only a comparison that was stopped or has failed can go on; this one is {row.state}."
            )
        row.state, row.stop_requested, row.error = "queued", False, None
        row.report, row.finished_at = None, None
        row.job_id = defer(room, JOB, session, comparison_id=row.id)


def _run_of(session: Session, room: Workspace, request: ComparisonRequest) -> int | None:
    if request.adapter_id is None:
        _must_exist(session, room, tables.Run, request.run_id, "run")
        return request.run_id
    named = (tables.Adapter.workspace_id == room.id, tables.Adapter.id == request.adapter_id)
    run_id = session.scalar(sa.select(tables.Adapter.run_id).where(*named))
    if run_id is None:
        raise NotFound(f"There is no adapter {request.adapter_id} in this workspace.")
    return run_id


def _must_exist(
    session: Session,
    room: Workspace,
    table: type[tables.Library] | type[tables.Run],
    row_id: int | None,
    noun: str,
) -> None:
    if row_id is None:
        return
    if session.scalar(sa.select(table.id).where(table.workspace_id == room.id, table.id == row_id)) is None:
        raise NotFound(f"There is no {noun} {row_id} in this workspace.")
