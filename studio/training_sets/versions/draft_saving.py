"""Saves a draft as the next version of its training set. Called by pages and built sets."""

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.training_sets.quality.examine import examine
from studio.training_sets.quality.report import report
from studio.training_sets.shapes.mapping import from_dict
from studio.training_sets.versions.draft_rows import Counts, all_rows, count_rows
from studio.training_sets.versions.draft_steps import StepView, locked_draft, steps
from studio.training_sets.versions.listing import get_version
from studio.training_sets.versions.saving import Saving, save_rows
from studio.training_sets.versions.stored import as_candidate


def save(room: Workspace, draft_id: int, author: str = "local") -> int:
    """Examine what the steps have made, store it as a version and return its id; the draft is gone then."""
    done = steps(room, draft_id)
    with room.session() as session:
        draft = locked_draft(session, room, draft_id)
        counts = count_rows(session, draft)
        rows = [as_candidate(row) for row in all_rows(session, draft)]
    parent = get_version(room, draft.version_id)
    if not done:
        return parent.id
    if not rows:
        raise BadInput("Every example was removed: keep one at least, or discard the draft.")
    marks = examine(lambda: iter(rows))
    saving = Saving(
        source_name=parent.source_name,
        source_sha256=parent.source_sha256,
        author=author,
        parent_id=parent.id,
        changes=_changes(counts, done),
        mapping=parent.mapping,
        report=report(marks, from_dict(parent.mapping)).as_dict(),
        marks=marks,
    )
    version_id = save_rows(room, parent.name, rows, saving)
    with room.session() as session:
        session.delete(locked_draft(session, room, draft_id))
    return version_id


def _changes(counts: Counts, done: list[StepView]) -> dict[str, object]:
    return {
        "added": counts.added,
        "edited": counts.edited,
        "removed": counts.removed,
        "steps": [{"label": step.label, "rows": step.rows} for step in done],
    }
