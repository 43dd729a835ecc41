"""Asking a judge about a comparison as a job: requested on its page, watched and stopped there.

The judge's key is found by its address alone (engine.addresses), so that a page can neither show it nor send
it to another host.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

from studio.comparison.judge import Judge, judge_comparison
from studio.comparison.results import find
from studio.engine.addresses import key_for, normalised_url, resolved
from studio.errors import BadInput, StudioError
from studio.jobs.queue import defer, task
from studio.store.database import Workspace

JOB, JUDGING = "judge_comparison", "judging"
ACTIVE = ("queued", "running")
LONGEST = 200


class Halted(StudioError):
    """Somebody stopped it: what is judged so far is kept."""


@dataclass(frozen=True)
class Judging:
    """Who judges a comparison, and how far that is; `done` of `total` questions."""

    url: str
    model: str
    state: str = "queued"
    done: int = 0
    total: int = 0
    stop: bool = False
    error: str = ""

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


def judging_of(room: Workspace, comparison_id: int) -> Judging | None:
    """As it stands; None where no judge was asked from a page."""
    with room.session() as session:
        kept = find(session, room, comparison_id).settings.get(JUDGING)
    return Judging(**kept) if kept else None


def start_judging(room: Workspace, comparison_id: int, url: str, model: str) -> None:
    """Ask for it, or for going on with it; raises BadInput for an address or a model that cannot be asked."""
    address, named = normalised_url(url), model.strip()
    if not 1 <= len(named) <= LONGEST:
        raise BadInput("Name the model that judges, as its server calls it.")
    resolved(address)
    with room.session() as session:
        row = find(session, room, comparison_id, lock=True)
        if row.state not in ("succeeded", "stopped"):
            raise BadInput(f"Only a comparison that has ended can be judged; this one is {row.state}.")
        kept = row.settings.get(JUDGING)
        if kept and Judging(**kept).active:
            return
        row.settings = {**row.settings, JUDGING: asdict(Judging(address, named))}
        defer(room, JOB, session, comparison_id=comparison_id)


def stop_judging(room: Workspace, comparison_id: int) -> None:
    """After the questions it is at; what is judged is kept."""
    _change(room, comparison_id, stop=True)


def fail_judging(room: Workspace, sentence: str, *, comparison_id: int) -> None:
    """Called by the worker when the job cannot go on."""
    _change(room, comparison_id, state="failed", error=sentence)


@task(JOB, lane="compute", failed=fail_judging)
def judge_job(room: Workspace, *, comparison_id: int) -> None:
    """Safe to repeat: what this model has judged is not asked again."""
    asked = judging_of(room, comparison_id)
    if asked is None or not asked.active:
        return

    def told(done: int, total: int) -> None:
        if _change(room, comparison_id, state="running", done=done, total=total).stop:
            raise Halted("Judging was stopped.")

    key = key_for(asked.url, room.settings.data) or "none"
    try:
        judge_comparison(room, comparison_id, Judge(asked.url, asked.model, key), told)
    except Halted:
        _change(room, comparison_id, state="stopped")
    else:
        _change(room, comparison_id, state="succeeded")


def _change(room: Workspace, comparison_id: int, **changes: Any) -> Judging:
    with room.session() as session:
        row = find(session, room, comparison_id, lock=True)
        now = replace(Judging(**row.settings[JUDGING]), **changes)
        row.settings = {**row.settings, JUDGING: asdict(now)}
        return now
