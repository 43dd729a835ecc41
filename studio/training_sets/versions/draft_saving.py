"""Saves a draft as the next version of its training set. Called by pages and built sets, as `drafts.save`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.quality.marks import Marks
from studio.training_sets.splitting import split
from studio.training_sets.versions.draft_rows import Counts, DraftRow, all_rows, count_rows
from studio.training_sets.versions.draft_steps import StepView, locked_draft, steps
from studio.training_sets.versions.examining import ask_to_examine
from studio.training_sets.versions.listing import VersionView, get_version
from studio.training_sets.versions.saving import Saving, save_streamed
from studio.training_sets.versions.stored import as_candidate


def save(room: Workspace, draft_id: int, author: str = "local") -> int:
    """Store what the steps have made as a version and return its id; the draft is gone then.

    A new example that belongs together with held-out ones is held out too. A draft without steps gives the
    version it was begun from. Its report is measured by a job, which loads models: it is empty until then.
    """
    done = steps(room, draft_id)
    with room.session() as session:
        # locked until the version is there: a step that comes meanwhile is refused, never lost
        draft = locked_draft(session, room, draft_id)
        parent = get_version(room, draft.version_id)
        rows = list(all_rows(session, draft))
        if not rows:
            raise BadInput("Every example was removed: keep one at least, or discard the draft.")
        changes = _changes(count_rows(session, draft), done, rows)
        version_id = _store(room, parent, rows, author, changes) if done else parent.id
        ask_to_examine(session, room, version_id)
        session.delete(draft)
    return version_id


def _store(
    room: Workspace, parent: VersionView, rows: Sequence[DraftRow], author: str, changes: dict[str, Any]
) -> int:
    saving = Saving(
        source_name=parent.source_name,
        source_sha256=parent.source_sha256,
        author=author,
        parent_id=parent.id,
        changes=changes,
        mapping=parent.mapping,
        marks=Marks(len(rows), clusters=parent.marks.get("clusters", [])),
    )
    found = _kept_apart(rows, saving.marks)
    return save_streamed(room, parent.name, lambda: iter(found), saving)


def _kept_apart(rows: Sequence[DraftRow], marks: Marks) -> list[Candidate]:
    """What is new joins the held-out examples it belongs together with, so that nothing leaks."""
    found = [as_candidate(row) for row in rows]
    if all(row.state == "same" for row in rows):
        return found
    groups = split(found, marks.clusters).groups
    held_out = {
        group
        for row, group in zip(rows, groups, strict=True)
        if row.split == "held_out" and row.state == "same"
    }
    return [
        replace(one, split="held_out") if row.state != "same" and group in held_out else one
        for row, one, group in zip(rows, found, groups, strict=True)
    ]


def _changes(counts: Counts, done: Sequence[StepView], rows: Sequence[DraftRow]) -> dict[str, Any]:
    """`pairs` tell for each edited example its position before and after."""
    return {
        "added": counts.added,
        "edited": counts.edited,
        "removed": counts.removed,
        "steps": [{"label": step.label, "rows": step.rows} for step in done],
        "pairs": [[row.position, after] for after, row in enumerate(rows) if row.state == "edited"],
    }
