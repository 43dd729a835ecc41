"""The job "ask_general": puts the general questions to a base model and to its adapter.

Asked for whenever an adapter is made, and by hand; it waits behind all other work of its lane. The base
model's answers are taken from an earlier adapter's check where they are to the same questions.
"""

from collections.abc import Sequence
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.engine.client import Engine, open_engine
from studio.errors import BadInput, NotFound
from studio.jobs.pace import Pace
from studio.jobs.queue import defer_once, task
from studio.models.adapters import get_adapter, served_base, system_messages
from studio.store.database import Workspace
from studio.store.tables import AbilityCheck
from studio.tuning.forgetting.drop import Asked
from studio.tuning.forgetting.questions import digest, general_questions

JOB = "ask_general"
LONGEST = 24  # tokens of an answer: every right one is shorter
SLICE = 10  # few at a time, so that it can be seen to move and stopped
AFTER_ALL_ELSE = -10
ACTIVE = ("queued", "running")


def ask_general(room: Workspace, adapter_id: int) -> int:
    """Queue it and return its id; one that waits or goes on stays as it is. Raises BadInput, NotFound."""
    adapter = get_adapter(room, adapter_id)
    if adapter.base_model != served_base(room):
        raise BadInput(f"{served_base(room)} answers here; {adapter.name} belongs to {adapter.base_model}.")
    going = sa.select(AbilityCheck.id).where(
        AbilityCheck.workspace_id == room.id,
        AbilityCheck.adapter_id == adapter_id,
        AbilityCheck.state.in_(ACTIVE),
    )
    row = AbilityCheck(
        workspace_id=room.id,
        adapter_id=adapter_id,
        base_model=adapter.base_model,
        questions_sha256=digest(),
    )
    return defer_once(room, JOB, row, going, "check_id")


def stop_general(room: Workspace, check_id: int) -> None:
    """The questions that are being answered are the last ones."""
    with room.session() as session:
        row = locked(session, room, check_id)
        row.state = "stopped" if row.state in ACTIVE else row.state


def fail_check(room: Workspace, sentence: str, *, check_id: int) -> None:
    """Called by the worker when the job cannot go on."""
    with room.session() as session:
        row = locked(session, room, check_id)
        row.state, row.error = "failed", sentence


@task(JOB, lane="compute", failed=fail_check, priority=AFTER_ALL_ELSE)
def general_job(room: Workspace, *, check_id: int) -> None:
    """Some 70 short answers, or half of that where the base model's are known; what is answered stays."""
    with room.session() as session:
        row = locked(session, room, check_id)
        if row.state not in ACTIVE:
            return
        row.state, row.before = "running", row.before or known_before(session, room, row)
        adapter, missing = row.adapter_id, 2 * len(general_questions()) - len(row.before) - len(row.after)
    engine, pace = open_engine(room.settings), Pace()
    system = system_messages(room, adapter)
    for asked in count(step=SLICE):
        with room.session() as session:
            row = locked(session, room, check_id)
            if row.state != "running":
                return
            row.progress = {"seconds_left": pace.seconds_left(asked, max(0, missing - asked))}
            before, after = len(row.before), len(row.after)
        if before < len(general_questions()):
            _keep(room, check_id, before=ask(engine, [], before))
        elif after < len(general_questions()):
            _keep(room, check_id, after=ask(engine, system, after, adapter))
        else:
            break
    _conclude(room, check_id)


def ask(
    engine: Engine, system: Sequence[dict[str, str]], first: int, adapter: int | None = None
) -> list[dict[str, object]]:
    """The answers to the next few questions from the `first` on, in order."""
    questions = general_questions()[first : first + SLICE]
    said = engine.chat_many(
        [[*system, {"role": "user", "content": one.prompt}] for one in questions],
        adapter=adapter,
        max_tokens=LONGEST,
        references=[one.reference for one in questions],
    )
    return [
        Asked(one.key, answer.text.replace("\0", ""), one.is_right(answer.text), answer.likelihood).as_dict()
        for one, answer in zip(questions, said, strict=True)
    ]


def _keep(room: Workspace, check_id: int, **answers: list[dict[str, object]]) -> None:
    """Add them to what is there, `before` or `after`."""
    with room.session() as session:
        row = locked(session, room, check_id)
        for side, more in answers.items():
            setattr(row, side, [*getattr(row, side), *more])


def _conclude(room: Workspace, check_id: int) -> None:
    with room.session() as session:
        row = locked(session, room, check_id)
        row.state, row.finished_at = "succeeded", session.scalar(sa.select(sa.func.now()))


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
