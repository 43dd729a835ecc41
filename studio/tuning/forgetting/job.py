"""The job "ask_general": puts the general questions to a base model and to its adapter.

Asked for whenever an adapter is made, and by hand; it waits behind all other work of its lane. The base
model's answers are taken from an earlier adapter's check where they are to the same questions.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.engine.client import Engine, open_engine
from studio.errors import BadInput, NotFound
from studio.jobs.queue import defer, task
from studio.models.adapters import get_adapter, served_base, system_messages
from studio.store.database import Workspace
from studio.store.tables import AbilityCheck
from studio.tuning.forgetting.drop import Asked
from studio.tuning.forgetting.questions import digest, general_questions

JOB = "ask_general"
LONGEST = 24  # tokens of an answer: every right one is shorter
AFTER_ALL_ELSE = -10
ACTIVE = ("queued", "running")


def ask_general(room: Workspace, adapter_id: int) -> int:
    """Queue it and return its id; one that waits or goes on stays as it is. Raises BadInput, NotFound."""
    adapter = get_adapter(room, adapter_id)
    if adapter.base_model != served_base(room):
        raise BadInput(f"{served_base(room)} answers here; {adapter.name} belongs to {adapter.base_model}.")
    with room.session() as session:
        room.take_turns(session, JOB)
        going = session.scalar(
            sa.select(AbilityCheck.id).where(*_of(room, adapter_id), AbilityCheck.state.in_(ACTIVE))
        )
        if going is not None:
            return going
        row = AbilityCheck(
            workspace_id=room.id,
            adapter_id=adapter_id,
            base_model=adapter.base_model,
            questions_sha256=digest(),
        )
        session.add(row)
        session.flush()
        row.job_id = defer(room, JOB, session, check_id=row.id)
        return row.id


def fail_check(room: Workspace, sentence: str, *, check_id: int) -> None:
    """Called by the worker when the job cannot go on."""
    with room.session() as session:
        row = locked(session, room, check_id)
        row.state, row.error = "failed", sentence


@task(JOB, lane="compute", failed=fail_check, priority=AFTER_ALL_ELSE)
def general_job(room: Workspace, *, check_id: int) -> None:
    """Some 70 short answers, or half of that where the base model's are known; asks all again if repeated."""
    with room.session() as session:
        row = locked(session, room, check_id)
        if row.state not in ACTIVE:
            return
        row.state = "running"
        adapter, before = row.adapter_id, known_before(session, room, row)
    engine = open_engine(room.settings)
    before = before or [one.as_dict() for one in ask(engine, [])]
    system = system_messages(room, adapter)
    after = [one.as_dict() for one in ask(engine, system, adapter)]
    with room.session() as session:
        row = locked(session, room, check_id)
        row.before, row.after, row.state = before, after, "succeeded"
        row.finished_at = session.scalar(sa.select(sa.func.now()))


def ask(engine: Engine, system: Sequence[dict[str, str]], adapter: int | None = None) -> list[Asked]:
    """The answers to all questions, in order."""
    questions = general_questions()
    said = engine.chat_many(
        [[*system, {"role": "user", "content": one.prompt}] for one in questions],
        adapter=adapter,
        max_tokens=LONGEST,
        references=[one.reference for one in questions],
    )
    return [
        Asked(one.key, answer.text.replace("\0", ""), one.is_right(answer.text), answer.likelihood)
        for one, answer in zip(questions, said, strict=True)
    ]


def known_before(session: Session, room: Workspace, row: AbilityCheck) -> list[dict[str, object]]:
    """The base model's answers to the same questions; empty where they are not known."""
    same = (
        AbilityCheck.workspace_id == room.id,
        AbilityCheck.base_model == row.base_model,
        AbilityCheck.questions_sha256 == row.questions_sha256,
        AbilityCheck.state == "succeeded",
    )
    newest = sa.select(AbilityCheck.before).where(*same).order_by(AbilityCheck.id.desc()).limit(1)
    return session.scalar(newest) or []


def locked(session: Session, room: Workspace, check_id: int) -> AbilityCheck:
    """The row, nobody else's until the transaction ends; raises NotFound."""
    mine = (AbilityCheck.workspace_id == room.id, AbilityCheck.id == check_id)
    row = session.scalar(sa.select(AbilityCheck).where(*mine).with_for_update())
    if row is None:
        raise NotFound(f"There is no check {check_id} of general questions in this workspace.")
    return row


def _of(room: Workspace, adapter_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return AbilityCheck.workspace_id == room.id, AbilityCheck.adapter_id == adapter_id
