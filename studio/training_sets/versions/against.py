"""What a training set is checked against: the questions that measure it, and what the model can read.

Called by imports, versions and `check`.
"""

from dataclasses import replace

import sqlalchemy as sa

from studio.settings import Settings
from studio.store.database import Workspace
from studio.store.tables import Question, QuestionSet
from studio.training_sets.quality import Checking
from studio.training_sets.quality.looking import NEVER_CUT
from studio.training_sets.shapes.mapping import Mapping
from studio.training_sets.shapes.seen import measure_of

OF_HELD_OUT = "held out of training set version"  # how the source of such a question set begins


def checking(room: Workspace, mapping: Mapping, rows: int, *, divided: bool) -> Checking:
    """How to examine `rows` rows; `divided`: it is settled already which of them are held out.

    Until then, questions that were themselves held out of a training set are no proof of a leak: the same
    file uploaded again holds them out again.
    """
    together = sa.and_(
        QuestionSet.id == Question.question_set_id, QuestionSet.workspace_id == Question.workspace_id
    )
    asked = sa.select(Question.question).join(QuestionSet, together).where(Question.workspace_id == room.id)
    if not divided:
        asked = asked.where(~QuestionSet.source.startswith(OF_HELD_OUT))
    with room.session() as session:
        questions = session.scalars(asked.distinct()).all()
    options = Checking(against=sorted(questions), plain_text=mapping.may_lack_question, expected=rows)
    return measured(options, room.settings, mapping)


def measured(options: Checking, settings: Settings, mapping: Mapping) -> Checking:
    """With lengths in tokens of the bundled model, and its own marks, once it is here."""
    measure = measure_of(settings)
    if measure is None:
        return options
    # plain text that does not fit is learned piece by piece
    is_text = mapping.shape == "text"
    return replace(
        options,
        max_length=NEVER_CUT if is_text else measure.limit,
        count_tokens=measure.count,
        template=0 if is_text else measure.template,
        special_tokens=measure.marks,
    )
