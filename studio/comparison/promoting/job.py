"""The job "check_promotion": lets candidate and the adapter in use answer the same questions, then judges.

Run by the compute worker between the comparisons it waits for: this lane runs one job at a time, so the check
goes to the end of the queue while they are not done. Safe to repeat at any moment.
"""

import time

import sqlalchemy as sa

from studio.comparison.paired import Side, paired
from studio.comparison.promoting.checks import (
    ACTIVE,
    CheckRequest,
    CheckView,
    checked,
    get_check,
    locked,
    stop_answering,
)
from studio.comparison.promoting.judging import Verdict, judge
from studio.comparison.requests import ComparisonRequest, create_once
from studio.comparison.results import get_comparison
from studio.errors import StudioError
from studio.jobs.queue import defer, defer_once, task
from studio.models.adapters import get_adapter
from studio.models.promotions import Why, in_use, promote
from studio.store.database import Workspace
from studio.store.tables import PromotionCheck

JOB = "check_promotion"
WAIT_SECONDS = 2.0


def start_check(room: Workspace, request: CheckRequest) -> int:
    """Queue a check and return its id; where one of this adapter goes on already, that one."""
    going = sa.select(PromotionCheck.id).where(
        PromotionCheck.workspace_id == room.id,
        PromotionCheck.adapter_id == request.adapter_id,
        PromotionCheck.state.in_(ACTIVE),
    )
    return defer_once(room, JOB, checked(room, request), going, "check_id")


def fail_check(room: Workspace, sentence: str, *, check_id: int) -> None:
    """Called by the worker when the job cannot go on; stored answers are kept, no more are asked for."""
    with room.session() as session:
        row = locked(session, room, check_id)
        row.state, row.error = "failed", sentence
    stop_answering(room, check_id)


@task(JOB, lane="compute", failed=fail_check)
def check_job(room: Workspace, *, check_id: int) -> None:
    """One look at what there is to do; asks to be called again while answers are missing."""
    check = get_check(room, check_id)
    if not check.active:
        return
    waits = not check.stopping and (_ask(room, check) or _answers_missing(room, check))
    check = get_check(room, check_id)
    if check.stopping:
        _stop(room, check_id)
    elif waits:
        _again(room, check_id)
    else:
        _conclude(room, check)


def sides(check: CheckView) -> tuple[Side, Side]:
    """Where the candidate's answers are and where those of what is in use."""
    with_library = check.library_id is not None
    tuned, plain = ("rag+fine-tuned", "rag") if with_library else ("fine-tuned", "base")
    now = int(check.comparison_id or 0)
    if check.against_id is None:
        return Side(now, tuned), Side(now, plain)
    return Side(now, tuned), Side(int(check.former_comparison_id or 0), tuned)


def _ask(room: Workspace, check: CheckView) -> bool:
    """Ask for the comparisons that are not asked for yet; whether there were any."""
    now, before = sides(check)
    candidate = get_adapter(room, check.adapter_id).name
    alone: tuple[str, ...] = (now.approach,) if check.against_id else (before.approach, now.approach)
    wanted = {"comparison_id": (check.adapter_id, alone, f"{candidate} against {check.against}")}
    if check.against_id is not None:
        wanted["former_comparison_id"] = (check.against_id, (before.approach,), f"{check.against}, in use")
    missing = {column: asked for column, asked in wanted.items() if getattr(check, column) is None}
    for column, (adapter, approaches, name) in missing.items():
        request = ComparisonRequest(
            check.question_set_id,
            approaches,
            check.library_id,
            adapter_id=adapter,
            limit=check.limit,
            name=f"Check {check.id}: {name}",
        )
        made = create_once(room, request)
        with room.session() as session:
            setattr(locked(session, room, check.id), column, made)
    return bool(missing)


def _answers_missing(room: Workspace, check: CheckView) -> bool:
    """Raises StudioError when they will never come."""
    waited = [get_comparison(room, one) for one in (check.comparison_id, check.former_comparison_id) if one]
    for one in waited:
        if one.state in ("failed", "stopped") and not get_check(room, check.id).stopping:
            raise StudioError(one.error or "The comparison was stopped, so nothing was decided.")
    return any(one.state != "succeeded" for one in waited)


def _again(room: Workspace, check_id: int) -> None:
    time.sleep(WAIT_SECONDS)
    with room.session() as session:
        row = locked(session, room, check_id)
        row.state, row.job_id = "running", defer(room, JOB, session, check_id=check_id)


def _conclude(room: Workspace, check: CheckView) -> None:
    """Judge, and put the candidate into use where that is granted; once, however often this is run."""
    now, before = sides(check)
    found = judge(paired(room, now, before), check.against)
    adapter = get_adapter(room, check.adapter_id)
    if in_use(room).get(adapter.base_model) not in (check.against_id, check.adapter_id):
        raise StudioError("Another adapter was put into use meanwhile: check again, against that one.")
    if found.granted:
        promote(room, adapter.id, Why(found.sentence, check.author, check.id))
    _end(room, check.id, found)


def _end(room: Workspace, check_id: int, found: Verdict) -> None:
    with room.session() as session:
        row = locked(session, room, check_id)
        row.state, row.verdict = "succeeded", found.as_dict()
        row.finished_at = session.scalar(sa.select(sa.func.now()))


def _stop(room: Workspace, check_id: int) -> None:
    stop_answering(room, check_id)  # something may have been asked for since the wish
    with room.session() as session:
        row = locked(session, room, check_id)
        row.state, row.finished_at = "stopped", session.scalar(sa.select(sa.func.now()))
