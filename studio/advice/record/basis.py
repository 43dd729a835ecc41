"""The state of the data that a decision rests on: names, counts and hashes. Called when it is kept, and later
to see what has changed since."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.store import tables
from studio.store.database import Workspace

LIBRARY, TRAINING_SET, QUESTIONS, COMPARISON = "library", "training set", "questions", "comparison"


@dataclass(frozen=True)
class Evidence:
    """What a recommendation was measured on; None where there was none."""

    library_id: int | None = None
    version_id: int | None = None
    comparison_id: int | None = None


def state_of(room: Workspace, evidence: Evidence) -> dict[str, Any]:
    """By what it is: name, size in words and sha256 of each; what is not there (any more) is left out."""
    with room.session() as session:
        compared = _row(session, room, tables.Comparison, evidence.comparison_id)
        found = {
            LIBRARY: library_state(session, room, evidence.library_id),
            TRAINING_SET: _training_set(session, room, evidence.version_id),
            QUESTIONS: _questions(session, room, compared.question_set_id if compared else None),
            COMPARISON: compared and _compared(session, room, compared),
        }
    return {name: state for name, state in found.items() if state}


def library_state(session: Session, room: Workspace, library_id: int | None) -> dict[str, Any] | None:
    """The sha256 is that of the names and contents of all searchable documents, in any order."""
    library = _row(session, room, tables.Library, library_id)
    if library is None:
        return None
    row = tables.Document
    ready = sa.select(row.name, row.sha256).where(
        row.workspace_id == room.id, row.library_id == library.id, row.state == "ready"
    )
    documents = sorted((name, digest) for name, digest in session.execute(ready))
    digest = hashlib.sha256("\n".join(f"{digest} {name}" for name, digest in documents).encode())
    return {
        "name": library.name,
        "size": f"{len(documents):,} documents, {library.passage_count:,} passages",
        "sha256": digest.hexdigest(),
        "embedding": f"{library.embedding_model} {library.embedding_revision}".strip(),
        "answers from": library.answer_threshold,
    }


def _training_set(session: Session, room: Workspace, version_id: int | None) -> dict[str, Any] | None:
    version = _row(session, room, tables.TrainingSetVersion, version_id)
    if version is None:
        return None
    parent = _row(session, room, tables.TrainingSet, version.training_set_id)
    return {
        "name": f"{parent.name if parent else '?'}, version {version.version}",
        "size": f"{version.examples:,} examples, {version.held_out:,} of them held out",
        "sha256": version.sha256,
        "from": version.source_name,
    }


def _questions(session: Session, room: Workspace, set_id: int | None) -> dict[str, Any] | None:
    found = _row(session, room, tables.QuestionSet, set_id)
    if found is None:
        return None
    row = tables.Question
    of_set = (row.workspace_id == room.id, row.question_set_id == found.id)
    counted = sa.select(sa.func.count(), sa.func.count().filter(~row.answerable)).where(*of_set)
    asked, unanswerable = session.execute(counted).one()
    size = f"{asked:,} questions" + (f", {unanswerable:,} of them unanswerable" if unanswerable else "")
    return {"name": found.name, "size": size, "sha256": found.sha256}


def _compared(session: Session, room: Workspace, found: tables.Comparison) -> dict[str, Any]:
    """The sha256 is that of the adapters that answered, which their files have."""
    runs = [run for run in (found.run_id, found.passages_run_id) if run]
    row = tables.Adapter
    named = sa.select(row.manifest_sha256).where(row.workspace_id == room.id, row.run_id.in_(runs))
    digests = list(session.scalars(named.order_by(row.run_id)))
    return {
        "name": found.name,
        "size": f"{len(found.approaches)} approaches"
        + (f", adapters of runs {' and '.join(map(str, runs))}" if runs else ""),
        "sha256": hashlib.sha256("\n".join(digests).encode()).hexdigest() if digests else "",
    }


def _row(session: Session, room: Workspace, table: Any, row_id: int | None) -> Any:
    if row_id is None:
        return None
    return session.scalar(sa.select(table).where(table.workspace_id == room.id, table.id == row_id))


def changed_since(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What became of the data in between, in sentences; nothing where all is as it was."""
    said = []
    for what, kept in before.items():
        current = now.get(what)
        if current is None:
            said.append(f"The {what} “{kept['name']}” is not there any more.")
        elif (current["name"], current["sha256"]) != (kept["name"], kept["sha256"]):
            said.append(f"The {what} has changed: {_told(kept)}; now {_told(current)}.")
    said += [f"New: the {what} {_told(state)}." for what, state in now.items() if what not in before]
    return said


def _told(state: Mapping[str, Any]) -> str:
    return f"“{state['name']}”, {state['size']}"
