"""What an adapter has learned from is not asked of it."""

import pytest
import sqlalchemy as sa

from studio.comparison.question_sets import Question, questions_of, save_question_set
from studio.comparison.requests import ComparisonRequest, create_comparison
from studio.comparison.results import find
from studio.comparison.selection import chosen_questions, settle_questions
from studio.store import tables
from studio.training_sets.quality.seen import seen_in_training

pytestmark = pytest.mark.postgres
TRAINED = [
    "How long does the Heron tick without dew?",
    "What does the warranty on veils cover?",
    *(f"Which colour has lamp number {n}?" for n in range(20)),
]


@pytest.mark.parametrize(
    ("question", "seen"),
    [
        ("what does the WARRANTY on veils cover", True),
        ("How long does the Heron tick without dew, please?", True),
        ("How long does the Swift tick without dew?", False),
        ("Which colour has lamp number 77?", False),
    ],
    ids=["the same", "nearly the same", "another clock", "another number"],
)
def test_a_question_nearly_trained_on_is_seen(question, seen):
    others = ["Who owns the mill?", "Where does the river end?"]
    assert (0 in seen_in_training([question, *others], TRAINED)) is seen


def test_a_question_made_from_what_an_example_was_made_from_is_left_out(room):
    asked = [
        Question("Which wax goes on the veil?", "Veil wax.", source={"passage_id": 7}),
        Question("Who opens the gate at dawn?", "The keeper.", source={"passage_id": 8}),
    ]
    set_id = save_question_set(room, "made", asked)
    run_id = trained_on(room, {"prompt": "What is used for waxing?", "source": {"passage_id": 7}})
    comparison = create_comparison(room, ComparisonRequest(set_id, run_id=run_id))
    with room.session() as session:
        row = find(session, room, comparison)
        settle_questions(session, room, row)
        chosen, excluded = chosen_questions(session, room, row)
    assert ([one.question for one in chosen.values()], excluded) == ([asked[1].question], 1)
    assert questions_of(room, set_id) == asked


def trained_on(room, *examples):
    """A run of a version that holds these examples."""
    with room.session() as session:
        parent = tables.TrainingSet(workspace_id=room.id, name="t")
        session.add(parent)
        session.flush()
        version = tables.TrainingSetVersion(
            workspace_id=room.id, training_set_id=parent.id, version=1, sha256="0", mapping={}, report={},
            examples=len(examples), held_out=0,
        )  # fmt: skip
        session.add(version)
        session.flush()
        rows = [
            {"workspace_id": room.id, "version_id": version.id, "position": at, "completion": "So.",
             "group_key": str(at), "split": "train", **example}
            for at, example in enumerate(examples)
        ]  # fmt: skip
        session.execute(sa.insert(tables.Example), rows)
        run = tables.Run(
            workspace_id=room.id, name="r", version_id=version.id, base_model="b", method="lora", settings={}
        )
        session.add(run)
        session.flush()
        return run.id
