"""The team's test questions of a library: what people ask it, and which documents answer that.

Called by pages, commands and measuring. From 30 of them on, they and not made-up questions decide how
the library is searched.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from studio.errors import BadInput
from studio.library.libraries import get_library
from studio.store.database import Workspace
from studio.store.tables import Document, TestQuestion
from studio.training_sets.reading import read_table

ENOUGH = 30
_LONGEST_QUESTION = 10_000
_QUESTION = ("question", "text", "query", "prompt")
_DOCUMENTS = ("documents", "document", "relevant", "page_id", "file", "source")


@dataclass(frozen=True)
class TeamQuestion:
    """`documents` are file names or the `_id` of rows."""

    question: str
    documents: tuple[str, ...]


def save_questions(room: Workspace, library_id: int, rows: Sequence[TeamQuestion]) -> int:
    """Keep these questions; one that is there already gets its documents anew. Returns how many there are."""
    get_library(room, library_id)
    values = [
        {
            "workspace_id": room.id,
            "library_id": library_id,
            "question": row.question,
            "documents": list(row.documents),
        }
        for row in _together(rows)
    ]
    if not values:
        raise BadInput("There is no question to keep.")
    statement = insert(TestQuestion).values(values)
    with room.session() as session:
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["library_id", "question"], set_={"documents": statement.excluded.documents}
            )
        )
    return len(list_questions(room, library_id))


def list_questions(room: Workspace, library_id: int) -> list[TeamQuestion]:
    """In the order they came."""
    with room.session() as session:
        rows = session.scalars(_select(room, library_id).order_by(TestQuestion.id))
        return [TeamQuestion(row.question, tuple(map(str, row.documents))) for row in rows]


def remove_questions(room: Workspace, library_id: int) -> None:
    """Forget all of them."""
    own = TestQuestion.workspace_id == room.id, TestQuestion.library_id == library_id
    with room.session() as session:
        session.execute(sa.delete(TestQuestion).where(*own))


def documents_called(room: Workspace, library_id: int) -> dict[str, set[int]]:
    """The library's ready documents by file name and by `_id`."""
    ready = (
        Document.workspace_id == room.id,
        Document.library_id == library_id,
        Document.state == "ready",
    )
    named: dict[str, set[int]] = {}
    with room.session() as session:
        for row in session.execute(sa.select(Document.id, Document.name, Document.external_id).where(*ready)):
            for name in {row.name, row.external_id or row.name}:
                named.setdefault(name, set()).add(row.id)
    return named


def read_team_questions(path: Path) -> list[TeamQuestion]:
    """From a .jsonl (or .csv, .tsv) with a question and the documents that answer it in every row.

    Several documents are a list, or stand apart by "|" or ";" in a cell.
    """
    rows = _json_rows(path) if path.suffix.lower() == ".jsonl" else _table_rows(path)
    found = [_question(row, path) for row in rows]
    if not found:
        raise BadInput(f"{path.name} has no questions.")
    return found


def _json_rows(path: Path) -> list[dict[str, object]]:
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} is not a .jsonl file that can be read.") from error
    if not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"Every line of {path.name} must be one object with question and documents.")
    return rows


def _table_rows(path: Path) -> list[dict[str, object]]:
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    table = read_table(path, path.name)
    return [dict(zip(table.columns, row, strict=False)) for row in table.rows]


def _question(row: dict[str, object], path: Path) -> TeamQuestion:
    lower = {str(key).strip().lower(): value for key, value in row.items()}
    question = next((str(lower[key]) for key in _QUESTION if lower.get(key)), "").strip()
    named = next((lower[key] for key in _DOCUMENTS if lower.get(key)), None)
    names = _names(named)
    if not question or not names or len(question) > _LONGEST_QUESTION:
        raise BadInput(
            f"Every row of {path.name} needs a question of up to {_LONGEST_QUESTION:,} characters and the "
            "documents that answer it (columns question and documents)."
        )
    return TeamQuestion(question, names)


def _names(named: object) -> tuple[str, ...]:
    if isinstance(named, list):
        return tuple(str(name).strip() for name in named if str(name).strip())
    parts = str(named or "").replace(";", "|").split("|")
    return tuple(part.strip() for part in parts if part.strip())


def _together(rows: Iterable[TeamQuestion]) -> list[TeamQuestion]:
    """The same question on several rows is answered by the documents of all of them."""
    documents: dict[str, dict[str, None]] = {}
    for row in rows:
        documents.setdefault(row.question, {}).update(dict.fromkeys(row.documents))
    return [TeamQuestion(question, tuple(names)) for question, names in documents.items()]


def _select(room: Workspace, library_id: int) -> sa.Select[TestQuestion]:
    own = sa.and_(TestQuestion.workspace_id == room.id, TestQuestion.library_id == library_id)
    return sa.select(TestQuestion).where(own)
