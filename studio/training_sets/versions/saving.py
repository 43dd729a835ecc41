"""Saves examples as an immutable version of a training set. Used by imports, drafts and built sets."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from studio.errors import BadInput
from studio.store.database import Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.quality import Checking, examine
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.remedies import DEFAULT, apply, changes_rows
from studio.training_sets.quality.report import Noted, report
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.mapping import Mapping, from_dict
from studio.training_sets.splitting import By, Division, Splitting, split
from studio.training_sets.versions.against import checking
from studio.training_sets.versions.examining import ask_to_examine
from studio.training_sets.versions.placing import Placing
from studio.training_sets.versions.stored import ExampleView, of_candidate
from studio.training_sets.versions.storing import stage, store_staged

LONGEST_NAME = 120
Rows = Callable[[], Iterator[Candidate]]


@dataclass(frozen=True)
class Saving:
    """Where examples came from, how to split them, and what is known about them.

    `marks` name the rows by their numbers; in the version they are named by their positions. Marks of rows
    that were not examined have no facts. `remedies` are applied to the rows before they are stored.
    """

    source_name: str = ""
    source_sha256: str | None = None
    held_out_share: float = Splitting.share
    by: By = Splitting.by
    author: str = "local"
    parent_id: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    mapping: dict[str, Any] = field(default_factory=dict)
    remedies: Collection[str] = ()
    marks: Marks = field(default_factory=lambda: Marks(0))

    @property
    def details(self) -> dict[str, Any]:
        """Columns of the version."""
        names = ("source_name", "source_sha256", "author", "parent_id", "changes", "mapping")
        return {name: getattr(self, name) for name in names}


def save_training_set(
    room: Workspace, name: str, table: Noted, mapping: Mapping, saving: Saving | None = None
) -> int:
    """Store the usable rows as a new version and return its id; the same content gives the same version.

    Raises BadInput when the quality report calls the table unusable; nothing is stored then.
    """
    options = Checking(plain_text=mapping.may_lack_question)
    marks = examine(lambda: candidates(table, mapping), options)
    found = report(marks, mapping, table.notes)
    if found.verdict == "unusable":
        raise BadInput(f"This table cannot be used as a training set: {found.why}")
    known = replace(saving or Saving(), mapping=mapping.as_dict(), marks=marks, remedies=DEFAULT)
    return save_streamed(room, name, lambda: candidates(table, mapping), known)


def save_rows(room: Workspace, name: str, rows: Iterable[Candidate], saving: Saving = Saving()) -> int:
    """Examine these examples, store them as a version and return its id. For as many as fit in memory."""
    kept = list(rows)
    options = checking(room, from_dict(saving.mapping), len(kept), divided=False)
    marks = examine(lambda: iter(kept), options)
    return save_streamed(room, name, lambda: iter(kept), replace(saving, marks=marks))


def save_streamed(room: Workspace, name: str, rows: Rows, saving: Saving) -> int:
    """The same for rows that come anew at every call, and are held in memory one at a time.

    They are gone through twice: to divide them, and to store them. Where they were not examined as they are
    stored, a job is asked for that does it: the report is empty until then.
    """
    name, marks = checked_name(name), saving.marks
    splitting = Splitting(saving.held_out_share, saving.by)
    division = split(apply(rows(), marks, saving.remedies), marks.clusters, splitting)
    if not division.groups:
        raise BadInput("There is no example to save.")
    placing = Placing(marks, saving.remedies)
    with room.session() as session:
        kept = apply(rows(), marks, saving.remedies)
        staged = stage(session, _divided(kept, division, placing))
        details = saving.details | _measured(saving, placing.marks) | {"split": _facts(splitting, division)}
        version_id = store_staged(session, room, name, staged, details)
        ask_to_examine(session, room, version_id)
        return version_id


def checked_name(name: str) -> str:
    """The name without space around it; raises BadInput for one that cannot be."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(f"A training set needs a name of 1 to {LONGEST_NAME} characters.")
    return name


def _divided(rows: Iterator[Candidate], division: Division, placing: Placing) -> Iterator[ExampleView]:
    for position, (row, out) in enumerate(zip(rows, division.held_out, strict=True)):
        placing.note(row.number, position)
        # who says its side says its group too, so that an exported version comes back as it was
        group = row.group if row.split and row.group else division.groups[position]
        yield of_candidate(position, row, group, "held_out" if out else "train")


def _measured(saving: Saving, placed: Marks) -> dict[str, Any]:
    """Report and marks of what is stored; none where it is not what was examined."""
    if not saving.marks.facts or changes_rows(saving.marks, saving.remedies):
        return {"report": {}, "marks": Marks(placed.total, clusters=placed.clusters).as_json()}
    found = report(placed, from_dict(saving.mapping), chosen=())
    return {"report": found.as_dict(), "marks": placed.as_json()}


def _facts(splitting: Splitting, division: Division) -> dict[str, Any]:
    since = division.since.isoformat() if division.since else None
    return {"by": splitting.by, "share": splitting.share, "seed": splitting.seed, "since": since}
