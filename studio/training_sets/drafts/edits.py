"""What can be done to a draft: each is one step with a label. Used by pages and by built sets.

What is touched is named by a `Find`: rows that were ticked by their positions, or all that were looked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace as with_changes
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from studio.errors import BadInput, NotFound
from studio.store.database import Workspace
from studio.store.tables import Draft, DraftEdit
from studio.training_sets.drafts.current import SAME_TEXT, Step, insert_step, page_of, version_of
from studio.training_sets.drafts.stepping import locked_draft, next_step
from studio.training_sets.examples import Candidate
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.remedies import as_done, left_out, mended
from studio.training_sets.versions.listing import Find
from studio.training_sets.versions.stored import ExampleView, Split, as_candidate, of_candidate

EDITABLE = ("prompt", "completion", "history", "context", "reviewed", "extra")
_LABEL_LETTERS = 40


def edit(room: Workspace, draft_id: int, position: int, changes: Mapping[str, Any]) -> None:
    """Give one example other texts; who edits an example has reviewed it."""
    if set(changes) - set(EDITABLE):
        raise BadInput(f"Of an example {', '.join(EDITABLE)} can be edited.")
    with room.session() as session:
        draft = locked_draft(session, room, draft_id)
        found = page_of(session, draft, Find(positions=[position])).rows
        if not found:
            raise NotFound("This example was removed meanwhile.")
        edited = with_changes(found[0], **{"reviewed": True, **_texts(changes)})
        _checked(edited)
        if edited.content != found[0].content:
            _keep(session, draft, f"Edited “{_short(edited.prompt or edited.completion)}”", [edited])


def add(room: Workspace, draft_id: int, rows: Sequence[Candidate], label: str = "") -> list[int]:
    """Add examples to the end and return their positions; their `split` counts, else they are trained on."""
    with room.session() as session:
        draft = locked_draft(session, room, draft_id)
        start = _next_position(session, draft)
        added = [
            of_candidate(start + index, row, row.group, row.split or "train")
            for index, row in enumerate(rows)
        ]
        for example in added:
            _checked(example)
        _keep(session, draft, label or f"Added {_count(len(added))}", added)
        return [example.position for example in added]


def remove(room: Workspace, draft_id: int, which: Find, label: str = "Removed {rows}") -> int:
    """Remove examples; returns how many."""
    return _change(room, draft_id, which, Step(label, "NULL::jsonb"))


def replace(room: Workspace, draft_id: int, which: Find, old: str, new: str) -> int:
    """Put one text in the place of another, in questions and answers; returns how many examples changed."""
    if not old:
        raise BadInput("Say which text is to be replaced.")
    _refuse_unstorable(new)
    content = """
        to_jsonb(current) - 'position' - 'state' || jsonb_build_object(
            'prompt', replace(prompt, :old, :new), 'completion', replace(completion, :old, :new)
        )
    """
    label = f"Replaced “{_short(old)}” by “{_short(new)}” in {{rows}}"
    only = "(strpos(prompt, :old) > 0 OR strpos(completion, :old) > 0)"
    return _change(room, draft_id, which, Step(label, content, {"old": old, "new": new}, only))


def move_split(room: Workspace, draft_id: int, which: Find, split: Split) -> int:
    """Hold examples out, or train on them; the others of their groups move with them. Returns how many."""
    content = "to_jsonb(current) - 'position' - 'state' || jsonb_build_object('split', CAST(:side AS text))"
    side = "the held-out part" if split == "held_out" else "the training part"
    step = Step(f"Moved {{rows}} to {side}", content, {"side": split}, "split <> :side", together=True)
    return _change(room, draft_id, which, step)


def apply_remedy(room: Workspace, draft_id: int, name: str) -> int:
    """Mend or leave out what shows a defect, as marked in the version; returns how many examples changed.

    What was given another text since then is not left out: it may be mended already.
    """
    with room.session() as session:
        draft = locked_draft(session, room, draft_id)
        marks = Marks.from_json(version_of(session, draft).marks)
        remedy = as_done(name, marks.facts)
        if remedy.action == "drop":
            which = Find(positions=sorted({position for position, _ in left_out(marks, [name])}))
            step = Step(remedy.done, "NULL::jsonb", only=SAME_TEXT)
            return insert_step(session, draft, next_step(session, draft), step, which)
        which = Find(positions=marks.rows.get(remedy.kind, []), limit=None)
        found = page_of(session, draft, which).rows
        mended = [row for row in (_mended(row, name) for row in found) if row]
        _keep(session, draft, remedy.done.format(rows=_count(len(mended))), mended)
        return len(mended)


def _mended(row: ExampleView, name: str) -> ExampleView | None:
    before = as_candidate(row)
    after = mended(before, [name])
    return None if after == before else of_candidate(row.position, after, row.group, row.split)


def _change(room: Workspace, draft_id: int, which: Find, step: Step) -> int:
    with room.session() as session:
        draft = locked_draft(session, room, draft_id)
        return insert_step(session, draft, next_step(session, draft), step, which)


def _keep(session: Session, draft: Draft, label: str, rows: Sequence[ExampleView]) -> None:
    if not rows:
        return
    step = next_step(session, draft)
    values = [
        {
            "workspace_id": draft.workspace_id,
            "draft_id": draft.id,
            "step": step,
            "position": row.position,
            "label": label,
            "content": row.content,
        }
        for row in rows
    ]
    session.execute(insert(DraftEdit), values)


def _next_position(session: Session, draft: Draft) -> int:
    count = version_of(session, draft).examples
    last = session.scalar(
        sa.select(sa.func.max(DraftEdit.position)).where(
            DraftEdit.workspace_id == draft.workspace_id, DraftEdit.draft_id == draft.id
        )
    )
    return max(count, -1 if last is None else last + 1)


def _texts(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.strip() if name in ("prompt", "completion") else value for name, value in changes.items()
    }


def _checked(example: ExampleView) -> None:
    if not example.completion:
        raise BadInput("An example needs an answer.")
    _refuse_unstorable(example.prompt + example.completion)


def _refuse_unstorable(text: str) -> None:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadInput("The text has a character that cannot be stored: type it anew.")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LABEL_LETTERS else line[: _LABEL_LETTERS - 1] + "…"


def _count(rows: int) -> str:
    return "1 example" if rows == 1 else f"{rows:,} examples"
