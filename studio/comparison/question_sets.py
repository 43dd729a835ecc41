"""Question sets: held-out questions with reference answers, frozen by hash. Used by pages and commands."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.store import tables
from studio.store.database import Workspace
from studio.training_sets.examples import plain
from studio.training_sets.reading import Table, read_table
from studio.training_sets.shapes.names import COMPLETION_NAMES, PROMPT_NAMES, named_column
from studio.training_sets.versions import examples, get_version
from studio.training_sets.versions.against import OF_HELD_OUT

ANSWERABLE_NAMES = ("answerable", "is answerable")
DOCUMENT_NAMES = ("document", "document id", "doc id", "page id", "file", "document name")
YES = ("yes", "true", "1", "y", "answerable")
NO = ("no", "false", "0", "n", "unanswerable")
SHOWN_ROWS = 5


@dataclass(frozen=True)
class Question:
    """`document` names the files or external ids that answer it, with ";" between; None if not known.

    `source` says what it was made from, where that is known; it is no part of the question itself.
    """

    question: str
    reference: str
    answerable: bool = True
    document: str | None = None
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def is_answered_by(self, names: Iterable[str | None]) -> bool:
        """Whether one of its documents is among these names."""
        wanted = {name.strip() for name in (self.document or "").split(";")} - {""}
        return not wanted.isdisjoint(names)


@dataclass(frozen=True)
class QuestionSetView:
    """A stored question set and how much is in it."""

    id: int
    name: str
    sha256: str
    source: str
    created_at: datetime
    questions: int
    unanswerable: int


def read_questions(path: Path, name: str) -> list[Question]:
    """Read a table with a question and a reference column; raises BadInput in one sentence."""
    table = read_table(path, name)
    asked = named_column(table.columns, PROMPT_NAMES)
    reference = named_column([c for c in table.columns if c != asked], ("reference", *COMPLETION_NAMES))
    if not asked or not reference:
        raise BadInput(f"{name} needs the columns question and reference; it has {', '.join(table.columns)}.")
    answerable = named_column(table.columns, ANSWERABLE_NAMES)
    document = named_column(table.columns, DOCUMENT_NAMES)
    found = [_question(row, name) for row in _cells(table, (asked, reference, answerable, document))]
    return list(dict.fromkeys(found))


def save_question_set(room: Workspace, name: str, questions: Sequence[Question], source: str = "") -> int:
    """Store the questions and return the id; the same name and content give the same set."""
    if not questions:
        raise BadInput("A question set needs at least one question.")
    digest = _content_hash(questions)
    with room.session() as session:
        known = _named_like(session, room, name.strip() or "questions")
        for _, set_id, stored_digest in known:
            if stored_digest == digest:
                return set_id
        row = tables.QuestionSet(
            workspace_id=room.id,
            name=_free_name(name.strip() or "questions", {stored_name for stored_name, _, _ in known}),
            sha256=digest,
            source=source,
        )
        session.add(row)
        session.flush()
        rows = [
            {"workspace_id": room.id, "question_set_id": row.id, "position": position, **asdict(question)}
            for position, question in enumerate(questions)
        ]
        session.execute(sa.insert(tables.Question), rows)
        return row.id


def from_held_out(room: Workspace, version_id: int) -> int:
    """Make the held-out part of a training set version a question set.

    Each question is asked by itself: what continues a conversation, or has no question, is left out.
    """
    version = get_version(room, version_id)
    held = examples(room, version_id, "held_out")
    if not held:
        raise BadInput(f"{version.name} version {version.version} holds no examples out.")
    alone = [
        Question(one.prompt, one.completion, document=one.source.get("document"), source=one.source)
        for one in held
        if one.prompt and all(turn["role"] == "system" for turn in one.history)
    ]
    if not alone:
        raise BadInput(f"No held-out example of {version.name} can be asked by itself.")
    title = f"{version.name} v{version.version}, held out"
    return save_question_set(room, title, list(dict.fromkeys(alone)), f"{OF_HELD_OUT} {version_id}")


def with_unanswerable(room: Workspace, set_id: int, asked: Sequence[str]) -> int:
    """A new set: these questions and others that the documents do not answer, which test the refusals."""
    known = questions_of(room, set_id)
    there = {plain(question.question) for question in known}
    new = [Question(one.strip(), "", answerable=False) for one in asked if one.strip()]
    added = [one for one in dict.fromkeys(new) if plain(one.question) not in there]
    if not added:
        raise BadInput("Write at least one question that the set does not hold yet, one a line.")
    told = get_question_set(room, set_id)
    name = f"{told.name}, with {len(added)} unanswerable"
    return save_question_set(room, name, [*known, *added], told.source)


def list_question_sets(room: Workspace) -> list[QuestionSetView]:
    """Newest first."""
    with room.session() as session:
        rows = session.execute(_counted(room).order_by(tables.QuestionSet.id.desc()))
        return [_view(row[0], row[1], row[2]) for row in rows]


def get_question_set(room: Workspace, set_id: int) -> QuestionSetView:
    """One question set; raises NotFound."""
    with room.session() as session:
        row = session.execute(_counted(room).where(tables.QuestionSet.id == set_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no question set {set_id} in this workspace.")
    return _view(row[0], row[1], row[2])


def questions_of(room: Workspace, set_id: int) -> list[Question]:
    """All questions of a set in their order; raises NotFound."""
    get_question_set(room, set_id)
    row = tables.Question
    wanted = sa.select(row).where(row.workspace_id == room.id, row.question_set_id == set_id)
    with room.session() as session:
        return [
            Question(found.question, found.reference, found.answerable, found.document, found.source)
            for found in session.scalars(wanted.order_by(row.position))
        ]


def _cells(table: Table, columns: tuple[str | None, ...]) -> list[tuple[int, list[str | None]]]:
    at = [table.columns.index(column) if column else None for column in columns]
    return [
        (number, [None if index is None else row[index].strip() for index in at])
        for number, row in zip(table.row_numbers, table.rows, strict=True)
    ]


def _question(numbered: tuple[int, list[str | None]], name: str) -> Question:
    number, (asked, reference, said, document) = numbered
    answerable = _answerable(said or "", number, name)
    if not asked:
        raise BadInput(f"In {name} row {number} has no question: fill it or remove the row.")
    if not reference and answerable:
        raise BadInput(
            f"In {name} row {number} has no reference answer: fill it, "
            "or say no in a column named answerable."
        )
    return Question(asked, reference or "", answerable, document or None)


def _answerable(said: str, number: int, name: str) -> bool:
    if said.casefold() in NO:
        return False
    if not said or said.casefold() in YES:
        return True
    raise BadInput(f"In {name} row {number} says “{said}” under answerable: write yes or no.")


def _content_hash(questions: Sequence[Question]) -> str:
    told = [{name: value for name, value in asdict(one).items() if name != "source"} for one in questions]
    canonical = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _named_like(session: Session, room: Workspace, name: str) -> list[tuple[str, int, str]]:
    row = tables.QuestionSet
    like = sa.or_(row.name == name, row.name.startswith(f"{name} (", autoescape=True))
    found = session.execute(
        sa.select(row.name, row.id, row.sha256).where(row.workspace_id == room.id, like).order_by(row.id)
    )
    return [(stored, set_id, digest) for stored, set_id, digest in found]


def _free_name(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def _counted(room: Workspace) -> sa.Select[tables.QuestionSet, int, int]:
    asked = tables.Question
    of_set = (
        asked.workspace_id == tables.QuestionSet.workspace_id,
        asked.question_set_id == tables.QuestionSet.id,
    )
    everything = sa.select(sa.func.count()).where(*of_set).scalar_subquery()
    unanswerable = sa.select(sa.func.count()).where(*of_set, ~asked.answerable).scalar_subquery()
    return sa.select(tables.QuestionSet, everything, unanswerable).where(
        tables.QuestionSet.workspace_id == room.id
    )


def _view(row: tables.QuestionSet, questions: int, unanswerable: int) -> QuestionSetView:
    return QuestionSetView(row.id, row.name, row.sha256, row.source, row.created_at, questions, unanswerable)
