"""Suggestions become examples: of the draft of a training set, or of a new set's first version.

Called by pages and commands. Those nobody looked at come along only when that is asked for, and are marked.
"""

from dataclasses import dataclass, replace
from hashlib import blake2b

import sqlalchemy as sa

from studio.errors import BadInput, NotFound
from studio.store.database import Workspace
from studio.store.tables import Draft, DraftEdit, Example, Suggestion, TrainingSet, TrainingSetVersion
from studio.training_sets.building.suggestions import TAKEN, Find, SuggestionView, list_suggestions
from studio.training_sets.drafts import edits
from studio.training_sets.drafts.opening import open_draft
from studio.training_sets.examples import Candidate
from studio.training_sets.splitting import HELD_OUT_SHARE
from studio.training_sets.versions import Saving, get_version, save_rows

SOURCE_NAME = "suggestions"
FOR_REVIEW = ("history", "passages", "answer")  # of a source: shown beside it, or kept elsewhere
MOST_AT_ONCE = 5_000  # are examined and saved while somebody waits


@dataclass(frozen=True)
class Kept:
    """What became of the suggestions: a new set's `version_id`, or the `draft_id` to be saved."""

    training_set_id: int
    added: int
    unreviewed: int
    draft_id: int | None = None
    version_id: int | None = None


def into_draft(
    room: Workspace,
    training_set_id: int | None = None,
    name: str = "",
    waiting: bool = False,
    by: str = "local",
) -> Kept:
    """Take every accepted or edited suggestion that is in no training set yet; with `waiting`, also those
    nobody looked at. Without a training set, a new one of this name is made. Raises BadInput when there is
    none to take; of very many, MOST_AT_ONCE are taken, the oldest first."""
    with room.session() as turn:
        room.take_turns(turn, "suggestions")  # two clicks at once would add everything twice
        chosen = _fresh(room, waiting)[:MOST_AT_ONCE]
        if not chosen:
            raise BadInput("Every accepted suggestion is in a training set already: accept some first.")
        added, unreviewed = len(chosen), sum(not one.reviewed for one in chosen)
        if training_set_id is None:
            version_id = _new_set(room, name, chosen, by)
            made = get_version(room, version_id).training_set_id
            kept = Kept(made, added, unreviewed, version_id=version_id)
        else:
            draft_id = _into_existing(room, training_set_id, chosen, by)
            kept = Kept(training_set_id, added, unreviewed, draft_id=draft_id)
        _mark(room, kept.training_set_id, chosen)
        return kept


def count_fresh(room: Workspace) -> int:
    """How many accepted or edited suggestions are in no training set yet."""
    return len(_fresh(room, waiting=False))


def as_example(suggestion: SuggestionView) -> Candidate:
    """The suggestion as a row of a training set; those of one passage or conversation stay together."""
    source = {name: said for name, said in suggestion.source.items() if name not in FOR_REVIEW}
    group = f"conversation {source['conversation']}" if "conversation" in source else ""
    if not group and source.get("passage_id"):
        group = f"passage {source['passage_id']}"
    return Candidate(
        number=suggestion.id,
        prompt=suggestion.prompt,
        completion=suggestion.completion,
        group=group,
        history=suggestion.history,
        origin=suggestion.origin,
        reviewed=suggestion.reviewed,
        source={**source, "suggestion": suggestion.id},
    )


def _new_set(room: Workspace, name: str, chosen: list[SuggestionView], by: str) -> int:
    """The first version of a set of this name."""
    taken = (TrainingSet.workspace_id == room.id, TrainingSet.name == name.strip())
    with room.session() as session:
        if session.scalar(sa.select(TrainingSet.id).where(*taken)) is not None:
            raise BadInput(f"There is a training set “{name.strip()}” already: choose it, or another name.")
    saving = Saving(source_name=SOURCE_NAME, author=by, changes={"made": "from suggestions"})
    return save_rows(room, name, [as_example(one) for one in chosen], saving)


def _into_existing(room: Workspace, training_set_id: int, chosen: list[SuggestionView], by: str) -> int:
    """The draft of the set, with these added."""
    draft_id = _draft(room, training_set_id) or open_draft(room, _newest(room, training_set_id), by).id
    rows = [as_example(one) for one in chosen]
    noun = "suggestion" if len(rows) == 1 else "suggestions"
    edits.add(
        room, draft_id, [replace(row, split=side(row.group)) for row in rows], f"Added {len(rows):,} {noun}"
    )
    return draft_id


def side(group: str) -> str:
    """One group in ten is held out, the same one whenever its next example comes."""
    drawn = int.from_bytes(blake2b(group.encode(), digest_size=8).digest(), "big") / 2**64
    return "held_out" if group and drawn < HELD_OUT_SHARE else "train"


def _fresh(room: Workspace, waiting: bool) -> list[SuggestionView]:
    """Those in no training set, as they were made. What a version has had is not added again, even if it was
    removed there; what was only in a discarded draft is."""
    states = (*TAKEN, "waiting") if waiting else TAKEN
    found = [one for one in list_suggestions(room, Find(states=states, limit=None)) if one.completion]
    there = _had(room, {one.training_set_id for one in found if one.training_set_id is not None})
    return sorted((one for one in found if one.id not in there), key=lambda one: one.id)


def _had(room: Workspace, sets: set[int]) -> set[int]:
    """Suggestions that stand in a version or in the draft of these training sets."""
    if not sets:
        return set()
    stored, edited = Example.source["suggestion"].astext, DraftEdit.content["source"]["suggestion"].astext
    versions = sa.select(TrainingSetVersion.id).where(
        TrainingSetVersion.workspace_id == room.id, TrainingSetVersion.training_set_id.in_(sets)
    )
    drafts = sa.select(Draft.id).where(Draft.workspace_id == room.id, Draft.training_set_id.in_(sets))
    saved = sa.select(stored).where(Example.workspace_id == room.id, Example.version_id.in_(versions))
    unsaved = sa.select(edited).where(DraftEdit.workspace_id == room.id, DraftEdit.draft_id.in_(drafts))
    with room.session() as session:
        either = sa.union(saved.where(stored.is_not(None)), unsaved.where(edited.is_not(None)))
        return {int(number) for number in session.scalars(either)}


def _draft(room: Workspace, training_set_id: int) -> int | None:
    mine = (Draft.workspace_id == room.id, Draft.training_set_id == training_set_id)
    with room.session() as session:
        return session.scalar(sa.select(Draft.id).where(*mine))


def _newest(room: Workspace, training_set_id: int) -> int:
    of_set = (
        TrainingSetVersion.workspace_id == room.id,
        TrainingSetVersion.training_set_id == training_set_id,
    )
    with room.session() as session:
        newest = session.scalar(sa.select(sa.func.max(TrainingSetVersion.id)).where(*of_set))
    if newest is None:
        raise NotFound(f"There is no training set {training_set_id} in this workspace.")
    return newest


def _mark(room: Workspace, training_set_id: int, chosen: list[SuggestionView]) -> None:
    named = (Suggestion.workspace_id == room.id, Suggestion.id.in_([one.id for one in chosen]))
    with room.session() as session:
        session.execute(sa.update(Suggestion).where(*named).values(training_set_id=training_set_id))
