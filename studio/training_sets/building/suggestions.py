"""Suggested examples and what people say to them: accept, edit, reject, ask for a document, undo.

For pages and commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.store.database import Workspace
from studio.store.tables import SUGGESTION_STATES, Rating, Suggestion
from studio.training_sets.examples import Turn, turns_of

TAKEN = ("accepted", "edited")
LONGEST = 20_000


@dataclass(frozen=True)
class SuggestionView:
    """`drafted` is the first wording, `source` names the passage or the message, `doubts` say where to look
    twice; `history` are the turns before the question."""

    id: int
    drafting_id: int | None
    training_set_id: int | None
    origin: str
    prompt: str
    completion: str
    drafted: dict[str, Any]
    source: dict[str, Any]
    doubts: tuple[str, ...]
    state: str
    reviewed_by: str | None
    reviewed_at: datetime | None
    created_at: datetime

    @property
    def history(self) -> tuple[Turn, ...]:
        return turns_of(self.source.get("history", ()))

    @property
    def reviewed(self) -> bool:
        return self.state in TAKEN

    @property
    def edition(self) -> str:
        """What a person who looks at it sees; another one once its answer was rated again or reworded."""
        return _edition(self.completion, self.source)

    @property
    def feedback(self) -> dict[str, Any]:
        """What was said about the answer it comes from; empty where it comes from no answer."""
        return dict(self.source.get("feedback") or {})


@dataclass(frozen=True)
class Find:
    """Which suggestions: those in one of `states` (empty: any), of this origin, made by this drafting."""

    states: tuple[str, ...] = ("waiting",)
    origin: str | None = None
    drafting_id: int | None = None
    offset: int = 0
    limit: int | None = 50


WAITING = Find()


def list_suggestions(room: Workspace, find: Find = WAITING) -> list[SuggestionView]:
    """Those without a doubt first, then as they were made."""
    without_doubt_first = (sa.func.jsonb_array_length(Suggestion.doubts), Suggestion.id)
    wanted = _found(room, find).order_by(*without_doubt_first).offset(find.offset).limit(find.limit)
    with room.session() as session:
        return [_view(row) for row in session.scalars(wanted)]


def counts(room: Workspace, origin: str | None = None, drafting_id: int | None = None) -> dict[str, int]:
    """How many are in each state; every state has an entry."""
    chosen = _found(room, Find((), origin, drafting_id)).subquery()
    counted = sa.select(chosen.c.state, sa.func.count()).group_by(chosen.c.state)
    with room.session() as session:
        found: dict[str, int] = {state: count for state, count in session.execute(counted)}
    return {state: found.get(state, 0) for state in SUGGESTION_STATES}


# `seen` is the edition that a person looked at: one that has changed since is not reviewed unseen
def accept(room: Workspace, suggestion_id: int, by: str = "local", seen: str | None = None) -> None:
    """It is right as it stands; raises BadInput where there is no answer yet."""
    with room.session() as session:
        row = _as_seen(session, room, suggestion_id, seen)
        if not row.completion:
            raise BadInput("This answer was only called bad: write a better one, or reject it.")
        _mark(row, "accepted", by)


def reject(room: Workspace, suggestion_id: int, by: str = "local", seen: str | None = None) -> None:
    """It is not to be trained on, and its passage is not drafted from again."""
    _review(room, suggestion_id, ("rejected", by), seen)


def ask_for_document(room: Workspace, suggestion_id: int, by: str = "local", seen: str | None = None) -> None:
    """A document is missing: it cannot be answered before somebody adds one."""
    _review(room, suggestion_id, ("missing", by), seen)


def document_added(room: Workspace, suggestion_id: int, by: str = "local") -> None:
    """The document that was missing is there now."""
    with room.session() as session:
        row = _locked(session, room, suggestion_id)
        if row.state != "missing":
            raise BadInput(f"No document is missing for suggestion {suggestion_id}.")
        _mark(row, "supplied", by)


def edit(
    room: Workspace, suggestion_id: int, words: tuple[str, str], by: str = "local", seen: str | None = None
) -> None:
    """It is right in these words (question, answer); the first wording stays in `drafted`."""
    prompt, completion = (text.replace("\0", "").strip() for text in words)
    if not prompt or not completion:
        raise BadInput("An example needs a question and an answer.")
    if max(len(prompt), len(completion)) > LONGEST:
        raise BadInput(f"A question and an answer have at most {LONGEST:,} characters each.")
    with room.session() as session:
        row = _as_seen(session, room, suggestion_id, seen)
        row.prompt, row.completion = prompt, completion
        _mark(row, "edited", by)


def undo(room: Workspace, suggestion_id: int) -> None:
    """As if nobody had looked at it: it waits, in its first wording."""
    with room.session() as session:
        row = _locked(session, room, suggestion_id)
        row.prompt, row.completion = row.drafted["prompt"], row.drafted["completion"]
        row.state, row.reviewed_by, row.reviewed_at = "waiting", None, None


def last_reviewed(room: Workspace, by: str = "local") -> int | None:
    """What this person has said something to last, unless it is in a training set; None where nothing is."""
    mine = (Suggestion.workspace_id == room.id, Suggestion.reviewed_by == by)
    said = sa.select(Suggestion.id).where(*mine, Suggestion.training_set_id.is_(None))
    with room.session() as session:
        return session.scalar(said.order_by(Suggestion.reviewed_at.desc(), Suggestion.id.desc()).limit(1))


def _review(room: Workspace, suggestion_id: int, said: tuple[str, str], seen: str | None) -> None:
    with room.session() as session:
        _mark(_as_seen(session, room, suggestion_id, seen), *said)


def _as_seen(session: Session, room: Workspace, suggestion_id: int, seen: str | None) -> Suggestion:
    """The row, where it waits as it was seen and its answer was not rated again since; raises BadInput."""
    row = _locked(session, room, suggestion_id)
    if seen is None:
        return row
    if row.state != "waiting":
        raise BadInput("Somebody else has reviewed that one meanwhile.")
    if seen != _edition(row.completion, row.source) or _rated_again(session, room, row):
        raise BadInput("That answer was rated again while you looked at it: this is how it stands now.")
    return row


def _rated_again(session: Session, room: Workspace, row: Suggestion) -> bool:
    """Whether people think otherwise of the answer it comes from than they did when it was suggested."""
    if "rated_at" not in row.source:
        return False
    of_answer = (Rating.workspace_id == room.id, Rating.message_id == row.source["message"])
    rated = session.scalar(sa.select(Rating.created_at).where(*of_answer))
    return rated != datetime.fromisoformat(row.source["rated_at"])


def _edition(completion: str, source: Mapping[str, Any]) -> str:
    return f"{source.get('rated_at', '')} {completion}"


def _mark(row: Suggestion, state: str, by: str) -> None:
    row.state, row.reviewed_by, row.reviewed_at = state, by, sa.func.now()


def _locked(session: Session, room: Workspace, suggestion_id: int) -> Suggestion:
    mine = (Suggestion.workspace_id == room.id, Suggestion.id == suggestion_id)
    row = session.scalar(sa.select(Suggestion).where(*mine).with_for_update())
    if row is None:
        raise NotFound(f"There is no suggestion {suggestion_id} in this workspace.")
    return row


def _found(room: Workspace, find: Find) -> sa.Select[Suggestion]:
    wanted = sa.select(Suggestion).where(Suggestion.workspace_id == room.id)
    if find.states:
        wanted = wanted.where(Suggestion.state.in_(find.states))
    if find.origin is not None:
        wanted = wanted.where(Suggestion.origin == find.origin)
    if find.drafting_id is not None:
        wanted = wanted.where(Suggestion.drafting_id == find.drafting_id)
    return wanted


def _view(row: Suggestion) -> SuggestionView:
    return SuggestionView(
        id=row.id,
        drafting_id=row.drafting_id,
        training_set_id=row.training_set_id,
        origin=row.origin,
        prompt=row.prompt,
        completion=row.completion,
        drafted=row.drafted,
        source=row.source,
        doubts=tuple(row.doubts),
        state=row.state,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        created_at=row.created_at,
    )
