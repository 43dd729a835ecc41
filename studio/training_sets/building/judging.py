"""Whether a model knows an example already, and whether a library supports it. Called by probing."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from studio.answer_scores import exact_match, is_refusal, normalise, token_f1, without_marks
from studio.engine.client import Engine
from studio.engine.prompts import Message, closed_book
from studio.library.answering.citations import without_repetition
from studio.library.answering.figures import figures_right
from studio.library.answering.support import best_support
from studio.library.intake.storing import SUMMARY
from studio.store.database import Workspace
from studio.store.tables import Passage
from studio.training_sets.versions import ExampleView

ALIKE = 0.5  # token F1 from which an answer counts as right where no figures are asked for
_SHORT = 3  # words of a reference that must stand in the answer as they are
_SHORTEST, _LONGEST = 32, 128  # tokens of an answer
_TOKENS_PER_WORD = 1.6
_AT_ONCE = 2000  # passages read at a time


def known(engine: Engine, examples: Sequence[ExampleView], max_tokens: int) -> list[bool | None]:
    """Does the model answer right with no passage at hand? None where there is nothing to ask."""
    asked = [at for at, example in enumerate(examples) if example.prompt]
    said = engine.chat_many([_closed_book(examples[at]) for at in asked], max_tokens=max_tokens)
    right: list[bool | None] = [None] * len(examples)
    for at, one in zip(asked, said, strict=True):
        answer = without_repetition(one.text)
        right[at] = is_right(answer, examples[at].prompt, examples[at].completion)
    return right


def answer_tokens(references: Sequence[str]) -> int:
    """What the longest reference needs, within bounds: what stands further behind is not asked for."""
    words = max((len(reference.split()) for reference in references), default=0)
    return int(min(_LONGEST, max(_SHORTEST, words * _TOKENS_PER_WORD)))


def is_right(answer: str, question: str, reference: str) -> bool | None:
    """By its figures where the reference holds some that the question does not; else by its words: a short
    reference must stand in the answer, a longer one share half of them (token F1). None: nothing to judge."""
    answer, reference = without_marks(answer), without_marks(reference)
    wanted = normalise(reference)
    if not wanted:
        return None
    if is_refusal(answer) and not is_refusal(reference):
        return False
    figures = figures_right(answer, question, reference)
    if figures is not None:
        return figures == 1.0
    if len(wanted.split()) <= _SHORT:
        return f" {wanted} " in f" {normalise(answer)} "
    return exact_match(answer, reference) == 1.0 or token_f1(answer, reference) >= ALIKE


def supported(room: Workspace, library_id: int, examples: Sequence[ExampleView]) -> list[bool | None]:
    """Does a passage hold what the answer says? None for answers of too few words to be judged."""
    found = best_support([example.completion for example in examples], _passages(room, library_id))
    return [None if one is None else one.enough for one in found]


def _closed_book(example: ExampleView) -> list[Message]:
    return [*example.history, *closed_book(example.prompt)]


def _passages(room: Workspace, library_id: int) -> Iterator[str]:
    """The text of every passage under its headings, some at a time."""
    last = 0
    while True:
        wanted = (
            sa.select(Passage.id, Passage.heading, Passage.text)
            .where(Passage.workspace_id == room.id, Passage.library_id == library_id)
            .where(Passage.id > last, Passage.kind != SUMMARY)
            .order_by(Passage.id)
            .limit(_AT_ONCE)
        )
        with room.session() as session:
            rows = session.execute(wanted).all()
        if not rows:
            return
        yield from (f"{heading}\n{text}" for _, heading, text in rows)
        last = rows[-1][0]
