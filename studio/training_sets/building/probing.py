"""Probes of a version: how much of it the base model knows already, how much a library supports, and how much
asks in other words what measures it.

Called by pages and commands; run by the compute worker. A probe takes a sample, always the same one, and says
its share with a 95 % interval. What it found is kept with the version, and so is how far it is: run again
after a crash it asks only what has no answer yet.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from studio.engine.client import open_engine
from studio.errors import BadInput
from studio.jobs.pace import Pace
from studio.jobs.queue import defer, task
from studio.library.libraries import get_library
from studio.statistics import Share, share_of
from studio.store.database import Workspace
from studio.store.tables import TrainingSetVersion
from studio.training_sets.building.judging import answer_tokens, known, supported
from studio.training_sets.building.withheld import rewords_what_measures
from studio.training_sets.drafts import edits
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.report import report
from studio.training_sets.shapes.mapping import from_dict
from studio.training_sets.versions import ExampleView, Find, find_examples, get_version
from studio.training_sets.versions.listing import locked_version

JOB = "probe"
SAMPLE, LARGEST = 100, 5000
SEED = 17
SLICE = 8

Kind = Literal["known", "support", "reworded"]
KINDS: tuple[Kind, ...] = ("known", "support", "reworded")
# what a draft is relieved of, and the kind of defect under which a version names it
DEFECTS: dict[Kind, str] = {"known": "known", "support": "unsupported", "reworded": "reworded_leakage"}
LABELS: dict[Kind, str] = {
    "known": "Removed {rows} that the base model answers right already",
    "support": "Removed {rows} that no passage of the library supports",
    "reworded": "Removed {rows} that ask a held-out question in other words",
}


@dataclass(frozen=True)
class ProbeView:
    """A probe at this moment. `share` is what is known, supported or reworded, of those judged so far;
    `positions` are the examples that a remedy would drop: the known, the unsupported, the reworded."""

    kind: Kind
    state: str
    stopping: bool
    sample: int
    done: int
    share: Share
    positions: tuple[int, ...]
    model: str
    library_id: int | None
    library: str
    seconds_left: float | None
    error: str | None

    @property
    def active(self) -> bool:
        return self.state in ("queued", "running")


def start(
    room: Workspace, version_id: int, kind: Kind, sample: int = SAMPLE, library_id: int | None = None
) -> None:
    """Queue a probe of this version; a new one takes the place of the last of its kind."""
    if kind not in KINDS:
        raise BadInput(f"There is no probe “{kind}”; choose from {', '.join(KINDS)}.")
    if not 1 <= sample <= LARGEST:
        raise BadInput(f"A probe takes 1 to {LARGEST:,} examples.")
    if kind == "support" and library_id is None:
        raise BadInput("Choose the library whose passages should support the answers.")
    library = get_library(room, library_id).name if library_id is not None else ""
    with room.session() as session:
        row = locked_version(session, room, version_id)
        if row.probes.get(kind, {}).get("state") in ("queued", "running"):
            raise BadInput("This probe is under way already.")
        probe = {"state": "queued", "sample": min(sample, row.examples), "judged": {}}
        probe |= {"library_id": library_id, "library": library} if kind == "support" else {}
        row.probes = {**row.probes, kind: probe}
        defer(room, JOB, session, version_id=version_id, kind=kind)


def find_probe(room: Workspace, version_id: int, kind: Kind) -> ProbeView | None:
    """The newest probe of this kind; None where there was none."""
    found = get_version(room, version_id).probes.get(kind)
    return _view(kind, found) if found else None


def stop(room: Workspace, version_id: int, kind: Kind) -> None:
    """Ask it to stop; what was judged by then counts."""
    with room.session() as session:
        row = locked_version(session, room, version_id)
        state = row.probes.get(kind, {}).get("state")
        if state not in ("queued", "running"):
            raise BadInput("This probe is not running.")
        _set(row, kind, **({"state": "stopped"} if state == "queued" else {"stop_requested": True}))


def drop(room: Workspace, draft_id: int, version_id: int, kind: Kind) -> int:
    """Remove from a draft of this version what the probe found; one step, returns how many it took."""
    probe = find_probe(room, version_id, kind)
    if probe is None or not probe.positions:
        raise BadInput("The probe names no example to remove.")
    return edits.remove(room, draft_id, Find(positions=probe.positions, limit=None), LABELS[kind])


def fail(room: Workspace, sentence: str, *, version_id: int, kind: Kind) -> None:
    """Called by the worker when the job cannot go on; what was judged is kept."""
    with room.session() as session:
        row = locked_version(session, room, version_id)
        _set(row, kind, state="failed", error=sentence, seconds_left=None)


@task(JOB, lane="compute", failed=fail)
def probe(room: Workspace, *, version_id: int, kind: Kind) -> None:
    """Judge the sample, a few at a time, and say the share."""
    with room.session() as session:
        row = locked_version(session, room, version_id)
        stored = row.probes.get(kind, {})
        if stored.get("state") not in ("queued", "running"):
            return
        _set(row, kind, state="running")
    sampled = _sample(room, version_id, int(stored["sample"]))
    left = [example for example in sampled if str(example.position) not in stored["judged"]]
    if kind == "known":
        _ask(room, version_id, left)
    elif kind == "reworded":
        _hold_against(room, version_id, left)
    elif left:
        _compare(room, version_id, left, stored["library_id"])
    with room.session() as session:
        row = locked_version(session, room, version_id)
        stopped = row.probes[kind].get("stop_requested", False)
        _set(row, kind, state="stopped" if stopped else "succeeded", seconds_left=0.0)
        found = _view(kind, row.probes[kind])
        named = {**row.marks.get("rows", {}), DEFECTS[kind]: list(found.positions)}
        row.marks = {**row.marks, "rows": named}
        if kind == "support":
            row.marks = {**row.marks, "facts": {**row.marks.get("facts", {}), "judged": found.share.sample}}
        _report_again(row)


def _report_again(row: TrainingSetVersion) -> None:
    """The report on the version with what was found now; one that waits for its report gets it there."""
    if row.report.get("facts"):
        row.report = report(Marks.from_json(row.marks), from_dict(row.mapping), chosen=()).as_dict()


def _sample(room: Workspace, version_id: int, size: int) -> list[ExampleView]:
    """The same examples every time, in their order."""
    count = get_version(room, version_id).examples
    chosen = sorted(random.Random(SEED).sample(range(count), min(size, count)))
    return find_examples(room, version_id, Find(positions=chosen, limit=None)).rows


def _ask(room: Workspace, version_id: int, left: Sequence[ExampleView]) -> None:
    if not left:
        return
    engine, pace = open_engine(room.settings), Pace()
    length = answer_tokens([example.completion for example in left])
    for at in range(0, len(left), SLICE):
        seconds = pace.seconds_left(at, len(left) - at)
        if not _may_go_on(room, version_id, "known", seconds_left=seconds, model=engine.chat_model.name):
            return
        part = left[at : at + SLICE]
        _keep(room, version_id, "known", part, known(engine, part, length))


def _compare(room: Workspace, version_id: int, left: Sequence[ExampleView], library_id: int) -> None:
    if _may_go_on(room, version_id, "support", seconds_left=None):
        _keep(room, version_id, "support", left, supported(room, library_id, left))


def _hold_against(room: Workspace, version_id: int, left: Sequence[ExampleView]) -> None:
    def may_go_on(seconds: float | None) -> bool:
        return _may_go_on(room, version_id, "reworded", seconds_left=seconds)

    judged = rewords_what_measures(room, version_id, left, may_go_on)
    if judged is not None:
        _keep(room, version_id, "reworded", left, judged)


def _may_go_on(room: Workspace, version_id: int, kind: Kind, **said: Any) -> bool:
    """Say how it goes; False when a person asked to stop."""
    with room.session() as session:
        row = locked_version(session, room, version_id)
        _set(row, kind, **said)
        return not row.probes[kind].get("stop_requested", False)


def _keep(
    room: Workspace,
    version_id: int,
    kind: Kind,
    part: Sequence[ExampleView],
    judged: Sequence[bool | None],
) -> None:
    with room.session() as session:
        row = locked_version(session, room, version_id)
        new = {str(example.position): right for example, right in zip(part, judged, strict=True)}
        _set(row, kind, judged={**row.probes[kind]["judged"], **new})


def _set(row: TrainingSetVersion, kind: Kind, **said: Any) -> None:
    row.probes = {**row.probes, kind: {**row.probes.get(kind, {}), **said}}


def _view(kind: Kind, stored: dict[str, Any]) -> ProbeView:
    judged: dict[str, bool | None] = stored["judged"]
    sure = {int(position): right for position, right in judged.items() if right is not None}
    dropped = kind != "support"
    return ProbeView(
        kind=kind,
        state=stored["state"],
        stopping=stored["state"] == "running" and stored.get("stop_requested", False),
        sample=stored["sample"],
        done=len(judged),
        share=share_of(sum(sure.values()), len(sure)),
        positions=tuple(sorted(position for position, right in sure.items() if right is dropped)),
        model=stored.get("model", ""),
        library_id=stored.get("library_id"),
        library=stored.get("library", ""),
        seconds_left=stored.get("seconds_left") if stored["state"] == "running" else None,
        error=stored.get("error"),
    )
