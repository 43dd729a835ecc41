"""Which questions of a set a comparison asks: a fixed sample, without those seen in training."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.comparison.question_sets import Question
from studio.comparison.readiness import runs_of
from studio.store import tables
from studio.store.database import Workspace
from studio.training_sets.examples import plain
from studio.training_sets.quality.seen import seen_in_training

SEED = 17
# what an example or a question may have been made from, by its name in `source`
MADE_FROM = ("passage_id", "conversation", "suggestion")
_SEEN = "seen_in_training"


def settle_questions(session: Session, room: Workspace, comparison: tables.Comparison) -> None:
    """Find out once, before anything is asked, which questions an adapter was trained on, and keep it.

    Those are the same or nearly the same questions, and those made from what an example was made from.
    """
    if _SEEN in comparison.settings:
        return
    asked = _all_questions(session, room, comparison)
    trained = _trained_on(session, room, comparison)
    near = seen_in_training([row.question for row in asked], sorted({prompt for prompt, _ in trained}))
    origins = {key for _, source in trained for key in made_from(source)}
    seen = [
        row.position
        for at, row in enumerate(asked)
        if at in near or not origins.isdisjoint(made_from(row.source))
    ]
    comparison.settings = {**comparison.settings, _SEEN: seen}


def chosen_questions(
    session: Session, room: Workspace, comparison: tables.Comparison
) -> tuple[dict[int, Question], int]:
    """Questions by position, and how many were excluded because training had seen them."""
    rows = _all_questions(session, room, comparison)
    seen = _seen(session, room, comparison, rows)
    fresh = {
        row.position: Question(row.question, row.reference, row.answerable, row.document)
        for row in rows
        if row.position not in seen
    }
    return _sample(fresh, comparison.question_limit), len(rows) - len(fresh)


def made_from(source: Mapping[str, Any]) -> set[tuple[str, str]]:
    """What identifies the passage, conversation or suggestion that something was made from."""
    return {(name, str(source[name])) for name in MADE_FROM if source.get(name)}


def _seen(
    session: Session, room: Workspace, comparison: tables.Comparison, rows: Sequence[tables.Question]
) -> set[int]:
    """As it was settled; of one that has not begun, the same questions alone."""
    if _SEEN in comparison.settings:
        return set(comparison.settings[_SEEN])
    prompts = {plain(prompt) for prompt, _ in _trained_on(session, room, comparison)}
    return {row.position for row in rows if plain(row.question) in prompts}


def _all_questions(
    session: Session, room: Workspace, comparison: tables.Comparison
) -> Sequence[tables.Question]:
    row = tables.Question
    of_set = (row.workspace_id == room.id, row.question_set_id == comparison.question_set_id)
    return session.scalars(sa.select(row).where(*of_set).order_by(row.position)).all()


def _trained_on(
    session: Session, room: Workspace, comparison: tables.Comparison
) -> list[tuple[str, dict[str, Any]]]:
    """Prompt and origin of every example that an adapter of this comparison has learned from."""
    runs = set(runs_of(comparison).values())
    if not runs:
        return []
    wanted = (
        sa.select(tables.Example.prompt, tables.Example.source)
        .join(tables.Run, tables.Run.version_id == tables.Example.version_id)
        .where(
            tables.Example.workspace_id == room.id,
            tables.Run.workspace_id == room.id,
            tables.Run.id.in_(runs),
            tables.Example.split == "train",
        )
    )
    return [(prompt, source) for prompt, source in session.execute(wanted)]


def _sample(questions: dict[int, Question], limit: int | None) -> dict[int, Question]:
    """Each question has its place in line whatever the others are: two comparisons that leave out different
    ones share nearly all."""
    if limit is None or limit >= len(questions):
        return questions
    line = sorted(questions, key=lambda at: random.Random(f"{SEED} {at}").random())
    return {at: questions[at] for at in sorted(line[:limit])}
