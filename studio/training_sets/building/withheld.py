"""Holds examples against the questions that measure a version, by sentence vectors. Called by probing.

The questions are those held out of the version and those of the question sets; of very many an even sample.
"""

from collections.abc import Callable, Sequence

import numpy as np
import sqlalchemy as sa

from studio.engine.client import TEXTS_PER_REQUEST, open_engine
from studio.errors import BadInput
from studio.jobs.pace import Pace
from studio.store.database import Workspace
from studio.store.tables import Example, Question
from studio.training_sets.building.rewording import Asked, Vectors, reworded
from studio.training_sets.versions import ExampleView

MOST_TESTS = 2_000
_TEXTS_A_PAIR = 2  # a question and, of some, an answer: for telling how long it takes


def rewords_what_measures(
    room: Workspace,
    version_id: int,
    examples: Sequence[ExampleView],
    may_go_on: Callable[[float | None], bool],
) -> list[bool | None] | None:
    """Whether each example does; None for one that is held out itself or has no question.

    `may_go_on` hears the seconds left, before every request; None instead of a list where it says no. Raises
    BadInput where nothing measures the version.
    """
    trained = [one for one in examples if one.split == "train" and one.prompt]
    tests = measuring(room, version_id)
    if not tests:
        raise BadInput(
            "Nothing is held out of this version, and there is no question set to hold it against."
        )
    engine, pace, done = open_engine(room.settings), Pace(), 0
    expected = _TEXTS_A_PAIR * (len(trained) + len(tests))

    def embed(texts: Sequence[str]) -> Vectors:
        nonlocal done
        parts = [np.zeros((0, engine.embedding_model.dimension), np.float32)]
        for at in range(0, len(texts), TEXTS_PER_REQUEST):
            if not may_go_on(pace.seconds_left(done, max(0, expected - done))):
                raise _Stopped
            parts.append(engine.embed(texts[at : at + TEXTS_PER_REQUEST]))
            done += len(parts[-1])
        return np.concatenate(parts)

    try:
        found = reworded([Asked(one.prompt, one.completion) for one in trained], tests, embed)
    except _Stopped:
        return None
    judged = {one.position: at in found for at, one in enumerate(trained)}
    return [judged.get(one.position) for one in examples]


def measuring(room: Workspace, version_id: int) -> list[Asked]:
    """What measures a version, with the answers that are known; each question once."""
    held_out = sa.select(Example.prompt, Example.completion).where(
        Example.workspace_id == room.id,
        Example.version_id == version_id,
        Example.split == "held_out",
        Example.prompt != "",
    )
    in_sets = sa.select(Question.question, Question.reference).where(Question.workspace_id == room.id)
    with room.session() as session:
        rows = [*session.execute(held_out.order_by(Example.position)), *session.execute(in_sets)]
    asked = list({row[0]: Asked(*row) for row in reversed(rows)}.values())[::-1]
    even = np.linspace(0, len(asked) - 1, min(MOST_TESTS, len(asked))).astype(int)
    return [asked[at] for at in even]


class _Stopped(Exception):
    """A person asked for it."""
