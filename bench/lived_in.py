"""A workspace as a team leaves it after some weeks: what the pages show while they are measured."""

import math
from pathlib import Path

import sqlalchemy as sa

from bench import passages
from studio.approaches import COMPETING
from studio.comparison.question_sets import read_questions, save_question_set
from studio.comparison.results import report
from studio.store.database import Workspace
from studio.store.tables import (
    Adapter,
    Citation,
    Comparison,
    ComparisonAnswer,
    Conversation,
    Library,
    Message,
    Passage,
    Question,
    Run,
    RunMetric,
)
from studio.training_sets.reading import read_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import save_training_set

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PASSAGES = 3000
STEPS = 200
TURNS = 10


def live_in(room: Workspace) -> dict[str, int]:
    """100 documents, a training set, a finished run, a comparison of 60 questions, a conversation.

    Returns what an address can open, by the name it has there.
    """
    library = passages.filled_library(room, "Service manuals", PASSAGES)
    table = read_table(SAMPLES / "examples.csv", "examples.csv")
    version_id = save_training_set(room, "Answers", table, guess_mapping(table))
    run_id, adapter_id = _finished_run(room, version_id)
    questions = read_questions(SAMPLES / "questions.csv", "questions.csv")
    question_set_id = save_question_set(room, "Questions", questions, source="questions.csv")
    comparison_id = _finished_comparison(room, question_set_id, library.id, run_id)
    conversation_id = _conversation(room, library, adapter_id)
    return {"run": run_id, "comparison": comparison_id, "conversation": conversation_id}


def _finished_run(room: Workspace, version_id: int) -> tuple[int, int]:
    run = Run(
        workspace_id=room.id, name="Quick look", version_id=version_id, base_model="smollm2-135m-instruct"
    )
    run.method, run.preset, run.settings, run.state = "lora", "Quick look", {}, "succeeded"
    run.step = run.total_steps = STEPS
    run.result = {"train_loss": 1.1, "eval_loss": 1.3, "seconds": 400.0}
    run.started_at = run.finished_at = sa.func.now()
    with room.session() as session:
        session.add(run)
        session.flush()
        session.add_all(_metric(room, run.id, step) for step in range(1, STEPS + 1))
        adapter = Adapter(workspace_id=room.id, run_id=run.id, name="Quick look", base_model=run.base_model)
        adapter.method, adapter.manifest_sha256, adapter.lineage = "lora", "0" * 64, {}
        session.add(adapter)
        session.flush()
        return run.id, adapter.id


def _metric(room: Workspace, run_id: int, step: int) -> RunMetric:
    loss = 1 + 2 * math.exp(-step / 60)
    checked = loss + 0.2 if step % 20 == 0 else None
    metric = RunMetric(workspace_id=room.id, run_id=run_id, step=step, loss=loss, eval_loss=checked)
    metric.learning_rate, metric.tokens, metric.seconds = 2e-4 * (1 - step / STEPS), 500 * step, 2.0 * step
    return metric


def _finished_comparison(room: Workspace, question_set_id: int, library_id: int, run_id: int) -> int:
    comparison = Comparison(workspace_id=room.id, name="Four approaches", question_set_id=question_set_id)
    comparison.library_id, comparison.run_id, comparison.approaches = library_id, run_id, list(COMPETING)
    comparison.state = "succeeded"
    with room.session() as session:
        session.add(comparison)
        session.flush()
        asked = session.scalars(sa.select(Question).where(Question.question_set_id == question_set_id)).all()
        session.add_all(
            _answer(comparison, question, rank) for question in asked for rank in range(len(COMPETING))
        )
    with room.session() as session:
        session.merge(comparison).report = report(room, comparison.id).as_dict()
    return comparison.id


def _answer(comparison: Comparison, question: Question, rank: int) -> ComparisonAnswer:
    good = (question.position * 7 + rank * 3) % 10 / 10
    answer = ComparisonAnswer(
        workspace_id=comparison.workspace_id, comparison_id=comparison.id, position=question.position
    )
    answer.approach, answer.answer, answer.sources, answer.seconds = (
        COMPETING[rank],
        question.reference,
        [],
        1.5,
    )
    answer.scores = {"token_f1": good, "exact_match": 0.0, "similarity": good, "refused": False}
    return answer


def _conversation(room: Workspace, library: Library, adapter_id: int) -> int:
    with room.session() as session:
        conversation = Conversation(workspace_id=room.id, title="Collars", library_id=library.id)
        conversation.adapter_id = adapter_id
        session.add(conversation)
        session.flush()
        cited = session.scalars(
            sa.select(Passage).where(Passage.library_id == library.id).order_by(Passage.id).limit(3)
        ).all()
        for turn in range(TURNS):
            asked, answered = (
                Message(workspace_id=room.id, conversation_id=conversation.id, role=role, text=text)
                for role, text in (
                    ("user", f"Question {turn}?"),
                    ("assistant", f"Answer {turn} [1] [2] [3]."),
                )
            )
            session.add_all((asked, answered))
            session.flush()
            session.add_all(
                _citation(answered, number, passage) for number, passage in enumerate(cited, start=1)
            )
        return conversation.id


def _citation(message: Message, number: int, passage: Passage) -> Citation:
    citation = Citation(workspace_id=message.workspace_id, message_id=message.id, number=number)
    citation.passage_id, citation.document, citation.place = passage.id, "document-0.pdf", "page 1"
    citation.quote = passage.text[:200]
    return citation
