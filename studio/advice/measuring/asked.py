"""Which questions with answers there are to ask. Called by the measuring job and by the lookup."""

from studio.advice.measuring.measurements import Data
from studio.comparison.question_sets import Question, questions_of
from studio.store.database import Workspace
from studio.training_sets.versions import ExampleView, examples

MOST_READ = 2000


def askable(room: Workspace, data: Data) -> list[Question]:
    """Those of the chosen set, else what the version holds out; nobody was trained on them."""
    if data.question_set_id is not None:
        found = [one for one in questions_of(room, data.question_set_id) if one.answerable]
    elif data.version_id is not None:
        found = _alone(examples(room, data.version_id, "held_out"))
    else:
        found = []
    return [one for one in found if one.question.strip() and one.reference.strip()]


def for_the_base_model(room: Workspace, data: Data) -> list[Question]:
    """The same, or training examples where nothing else is there: no adapter is asked."""
    found = askable(room, data)
    if found or data.version_id is None:
        return found
    some = _alone(examples(room, data.version_id, limit=MOST_READ))
    return [one for one in some if one.question.strip() and one.reference.strip()]


def _alone(rows: list[ExampleView]) -> list[Question]:
    """Those that can be asked by themselves."""
    return [
        Question(one.prompt, one.completion, document=one.source.get("document"), source=one.source)
        for one in rows
        if not one.history
    ]
