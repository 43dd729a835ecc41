"""Which questions of a set a comparison asks: a fixed sample, without those the adapter was trained on."""

import random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.comparison.question_sets import Question
from studio.comparison.readiness import runs_of
from studio.store import tables
from studio.store.database import Workspace
from studio.training_sets.examples import plain

SEED = 17


def chosen_questions(
    session: Session, room: Workspace, comparison: tables.Comparison
) -> tuple[dict[int, Question], int]:
    """Questions by position, and how many were excluded because training had seen them."""
    row = tables.Question
    wanted = sa.select(row).where(
        row.workspace_id == room.id, row.question_set_id == comparison.question_set_id
    )
    everything = {
        found.position: Question(found.question, found.reference, found.answerable, found.document)
        for found in session.scalars(wanted.order_by(row.position))
    }
    seen = _trained_on(session, room, comparison)
    fresh = {at: question for at, question in everything.items() if plain(question.question) not in seen}
    return _sample(fresh, comparison.question_limit), len(everything) - len(fresh)


def _trained_on(session: Session, room: Workspace, comparison: tables.Comparison) -> set[str]:
    runs = set(runs_of(comparison).values())
    if not runs:
        return set()
    prompts = (
        sa.select(tables.Example.prompt)
        .join(tables.Run, tables.Run.version_id == tables.Example.version_id)
        .where(
            tables.Example.workspace_id == room.id,
            tables.Run.workspace_id == room.id,
            tables.Run.id.in_(runs),
            tables.Example.split == "train",
        )
    )
    return {plain(prompt) for prompt in session.scalars(prompts)}


def _sample(questions: dict[int, Question], limit: int | None) -> dict[int, Question]:
    if limit is None or limit >= len(questions):
        return questions
    taken = sorted(random.Random(SEED).sample(sorted(questions), limit))
    return {at: questions[at] for at in taken}
