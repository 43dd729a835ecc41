"""The job "save_draft": saves a draft as the next version of its training set.

Few examples are saved at once by whoever asks, as `drafts.save`, with the same function; the job then has
nothing to do. While a draft is being saved its steps stay as they are.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from studio.errors import BadInput, StudioError
from studio.jobs.pace import Pace
from studio.jobs.queue import defer, task
from studio.store.database import Workspace
from studio.store.tables import Draft
from studio.training_sets.drafts.current import Counts, DraftRow, all_rows, count_rows
from studio.training_sets.drafts.stepping import StepView, locked_draft, select_drafts, steps
from studio.training_sets.examples import Candidate
from studio.training_sets.quality.marks import Marks
from studio.training_sets.splitting import split
from studio.training_sets.versions.listing import get_version
from studio.training_sets.versions.saving import Saving, save_streamed
from studio.training_sets.versions.stored import as_candidate

SAVE_DRAFT = "save_draft"
AT_ONCE = 5_000  # examples that are saved in less than a second
PASSES = 3  # times that all examples are read: to tie, to divide, to store them
TELL_SECONDS, ROWS_BETWEEN = 0.4, 500


class GivenUp(Exception):
    """Somebody stopped it: this work is for nothing."""


def save(room: Workspace, draft_id: int, author: str = "local") -> int | None:
    """Store what the steps have made as a version and return its id; the draft is gone then.

    None where there are so many examples that the job does it. A draft without steps gives the version it
    was begun from.
    """
    done = steps(room, draft_id)
    with room.session() as session:
        draft = locked_draft(session, room, draft_id)
        if not done:
            session.delete(draft)
            return draft.version_id
        examples = count_rows(session, draft).examples
        if not examples:
            raise BadInput("Every example was removed: keep one at least, or discard the draft.")
        draft.saving = {"author": author, "progress": 0.0}
        defer(room, SAVE_DRAFT, session, draft_id=draft_id)
    return _at_once(room, draft_id) if examples <= AT_ONCE else None


def stop_saving(room: Workspace, draft_id: int) -> None:
    """The draft is not saved, and can be changed again."""
    with room.session() as session:
        session.execute(sa.update(Draft).where(*_saved(room, draft_id)).values(saving={}))


def saving_failed(room: Workspace, sentence: str, *, draft_id: int) -> None:
    """It could not be saved: it is as before, and says why."""
    with room.session() as session:
        failed = sa.update(Draft).where(*_saved(room, draft_id))
        session.execute(failed.values(saving={"error": sentence}))


@task(SAVE_DRAFT, lane="documents", failed=saving_failed)
def save_draft_job(room: Workspace, *, draft_id: int) -> None:
    """Make the version that was asked for; repeated, it finds the version it has made."""
    save_wanted(room, draft_id)


def save_wanted(room: Workspace, draft_id: int) -> int | None:
    """The id of the version; None where nobody wants it any more."""
    with room.session() as session:
        draft = session.scalar(select_drafts(room).where(*_saved(room, draft_id)))
        if draft is None:
            return None
        counts = count_rows(session, draft)
    try:
        version_id = _Keeping(room, draft, counts).save(steps(room, draft_id))
    except GivenUp:
        return None
    with room.session() as session:
        session.execute(sa.delete(Draft).where(*_saved(room, draft_id)))
    return version_id


def _at_once(room: Workspace, draft_id: int) -> int | None:
    """What is small is not kept waiting by the job that was asked for."""
    try:
        return save_wanted(room, draft_id)
    except StudioError:
        stop_saving(room, draft_id)
        raise


@dataclass
class _Keeping:
    """One attempt at saving a draft, and how far it is."""

    room: Workspace
    draft: Draft
    counts: Counts
    pace: Pace = field(default_factory=Pace)
    told: float = field(default_factory=time.monotonic)
    passes: int = 0

    def save(self, done: Sequence[StepView]) -> int:
        parent = get_version(self.room, self.draft.version_id)
        clusters = parent.marks.get("clusters", [])
        held_out, pairs = self._looked_through(clusters)

        def rows() -> Iterator[Candidate]:
            """What is new joins the held-out examples it belongs together with, so that nothing leaks."""
            for at, row in enumerate(self._read()):
                one = as_candidate(row)
                yield replace(one, split="held_out") if at in held_out else one

        saving = Saving(
            source_name=parent.source_name,
            source_sha256=parent.source_sha256,
            author=self.draft.saving["author"],
            parent_id=parent.id,
            changes=_changes(self.counts, done) | {"pairs": pairs},
            mapping=parent.mapping,
            marks=Marks(0, clusters=clusters),
        )
        return save_streamed(self.room, parent.name, rows, saving)

    def _looked_through(self, clusters: Sequence[Sequence[int]]) -> tuple[set[int], list[list[int]]]:
        """Which of the changed examples belong to held-out ones, and where edited ones were before."""
        held, changed, pairs = list[int](), list[int](), list[list[int]]()

        def noted() -> Iterator[Candidate]:
            for at, row in enumerate(self._read()):
                if row.state != "same":
                    changed.append(at)
                elif row.split == "held_out":
                    held.append(at)
                if row.state == "edited":
                    pairs.append([row.position, at])
                yield as_candidate(row)

        groups = split(noted(), clusters).groups
        together = {groups[at] for at in held}
        return {at for at in changed if groups[at] in together}, pairs

    def _read(self) -> Iterator[DraftRow]:
        """Every example as it stands, told as it goes by."""
        self.passes += 1
        with self.room.session() as session, closing(all_rows(session, self.draft)) as rows:
            for number, row in enumerate(rows, start=1):
                if number % ROWS_BETWEEN == 0:
                    self._tell((self.passes - 1 + number / self.counts.examples) / PASSES)
                yield row

    def _tell(self, share: float) -> None:
        now = time.monotonic()
        if now - self.told < TELL_SECONDS:
            return
        self.told = now
        said = {"progress": min(1.0, share), "seconds_left": self.pace.seconds_left(share, 1 - share)}
        noted = sa.update(Draft).where(*_saved(self.room, self.draft.id))
        with self.room.session() as session:
            wanted = noted.values(saving=self.draft.saving | said).returning(Draft.id)
            if session.scalar(wanted) is None:
                raise GivenUp


def _changes(counts: Counts, done: Sequence[StepView]) -> dict[str, Any]:
    """What was done to the version before."""
    return {
        "added": counts.added,
        "edited": counts.edited,
        "removed": counts.removed,
        "steps": [{"label": step.label, "rows": step.rows} for step in done],
    }


def _saved(room: Workspace, draft_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The draft, while it is being saved."""
    return Draft.workspace_id == room.id, Draft.id == draft_id, Draft.saving.has_key("progress")
