"""A workspace in which something of everything already happened, written straight into the tables."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pgvector import SparseVector

from studio.approaches import COMPETING
from studio.comparison.question_sets import Question
from studio.comparison.report import StoredAnswer, build_report
from studio.store import tables
from studio.store.database import Workspace
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import save_training_set

ROWS = [[f"What is part {n}?", f"Part {n} is a valve of size {n}."] for n in range(120)]
RUN_STATES = ("queued", "running", "stopping", "stopped", "interrupted", "failed", "succeeded")
QUESTIONS = [Question(f"What is part {n}?", f"Part {n} is a valve of size {n}.") for n in range(200, 212)]


@dataclass(frozen=True)
class Furnished:
    """The ids that tests open."""

    library: int
    passage: int
    version: int
    runs: dict[str, int]
    adapter: int
    comparison: int
    conversation: int


def furnish(room: Workspace) -> Furnished:
    library, passage = _library(room)
    table = Table(["question", "answer"], ROWS)
    version = save_training_set(room, "Parts", table, guess_mapping(table))
    runs = {state: _run(room, version, state) for state in RUN_STATES}
    adapter = _add(
        room,
        tables.Adapter(
            run_id=runs["succeeded"],
            name="Parts expert",
            base_model="smollm2-135m-instruct",
            method="lora",
            manifest_sha256="0" * 64,
            lineage={"training_set": "Parts"},
        ),
    )
    comparison = _comparison(room, library, runs["succeeded"])
    return Furnished(
        library, passage, version, runs, adapter, comparison, _conversation(room, library, passage)
    )


def _add(room: Workspace, row: Any) -> int:
    row.workspace_id = room.id
    with room.session() as session:
        session.add(row)
        session.flush()
        return int(getattr(row, "id", 0) or 0)


def _library(room: Workspace) -> tuple[int, int]:
    library = _add(
        room,
        tables.Library(
            name="Manuals", embedding_model="m", embedding_revision="1", dimension=384, passage_count=1
        ),
    )
    states = {"ready": None, "failed": "scan.pdf has no text that can be read.", "parsing": None}
    ids = [
        _add(
            room,
            tables.Document(
                library_id=library, name=f"{state}.md", sha256=state, state=state, error=error, title=state
            ),
        )
        for state, error in states.items()
    ]
    passage = tables.Passage(
        library_id=library,
        document_id=ids[0],
        position=0,
        heading="Valves",
        text="The valve opens at 4 bar.\n![x](https://evil.example/x.png)",
        place={"start": 0, "end": 25},
        embedding=np.ones(384, dtype=np.float32),
        terms=SparseVector({1: 1.0}, tables.TERM_DIMENSIONS),
    )
    return library, _add(room, passage)


def _run(room: Workspace, version: int, state: str) -> int:
    run = _add(
        room,
        tables.Run(
            name=f"Run {state}",
            version_id=version,
            base_model="smollm2-135m-instruct",
            method="lora",
            preset="Quick look",
            settings={"rank": 16, "learning_rate": 0.001, "epochs": 2},
            state=state,
            step=30,
            total_steps=60,
            seconds_left=75.0,
            error="The loss became NaN: lower the learning rate." if state == "failed" else None,
        ),
    )
    for step in range(0, 31, 5):
        _add(
            room,
            tables.RunMetric(
                run_id=run, step=step, loss=3 - step / 15, eval_loss=3.1 - step / 16, seconds=step
            ),
        )
    return run


def _comparison(room: Workspace, library: int, run: int) -> int:
    questions = _add(room, tables.QuestionSet(name="Held out", sha256="1"))
    answers = [
        StoredAnswer(at, approach, f"{approach} says {at}", [], {"token_f1": (rank + at % 3) / 6}, 0.5)
        for rank, approach in enumerate(COMPETING)
        for at in range(len(QUESTIONS))
    ]
    found = build_report(dict(enumerate(QUESTIONS)), answers, 0)
    return _add(
        room,
        tables.Comparison(
            name="Four ways",
            question_set_id=questions,
            library_id=library,
            run_id=run,
            approaches=list(COMPETING),
            state="succeeded",
            report=found.as_dict(),
        ),
    )


def _conversation(room: Workspace, library: int, passage: int) -> int:
    conversation = _add(room, tables.Conversation(title="Valves", library_id=library))
    _add(room, tables.Message(conversation_id=conversation, role="user", text="When does it open?"))
    answer = _add(
        room,
        tables.Message(
            conversation_id=conversation,
            role="assistant",
            text="At 4 bar [1]. ![x](https://evil.example/x.png)",
        ),
    )
    _add(
        room,
        tables.Citation(
            message_id=answer,
            number=1,
            passage_id=passage,
            document="ready.md",
            place="section Valves",
            quote="The valve opens at 4 bar.",
        ),
    )
    return conversation
