"""How far a pilot is, looked at without moving it on. Called by pages and commands while it runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.advice.piloting.pilots import PilotView
from studio.advice.piloting.size import COMPARING, CURVE, START_SECONDS, TRAINING, WITH_PASSAGES
from studio.advice.piloting.stages import PASSAGES_RUN, RAFT_VERSION, RAFT_WORK, RUN, WITHOUT_RAFT, curve_key
from studio.comparison.results import get_comparison
from studio.errors import NotFound
from studio.store.database import Workspace
from studio.training_sets.building import raft
from studio.tuning.runs import get_run

WAITING, WORKING, DONE, LEFT_OUT = "waiting", "working", "done", "left out"


@dataclass(frozen=True)
class StageView:
    """One stage: its state, how much of it is done, the seconds it still takes (an estimate)."""

    name: str
    state: str
    share: float
    seconds_left: float

    @property
    def open(self) -> bool:
        return self.state in (WAITING, WORKING)


def stages_of(room: Workspace, pilot: PilotView) -> list[StageView]:
    """In the order in which they are done."""
    tuned, searched = pilot.version_id is not None, pilot.library_id is not None
    point = pilot.size.seconds(TRAINING) + START_SECONDS
    found = [
        _stage("Hold questions out", DONE if pilot.question_set_id else WAITING, 1.0),
        _passages(room, pilot, wanted=tuned and searched),
        _run(room, pilot, ("Train an adapter by heart", RUN), TRAINING, wanted=tuned),
        _run(room, pilot, ("Train one that reads passages", PASSAGES_RUN), WITH_PASSAGES,
             wanted=tuned and searched and WITHOUT_RAFT not in pilot.made),
        _comparison(room, pilot),
    ]  # fmt: skip
    for share in CURVE:
        name = f"Train on {share:.0%} of the examples"
        found.append(_run(room, pilot, (name, curve_key(share)), point / (pilot.size.minutes * 60), tuned))
    return [one for one in found if one.state != LEFT_OUT]


def seconds_left(stages: Sequence[StageView]) -> float:
    """Of all that is not done."""
    return sum(stage.seconds_left for stage in stages if stage.open)


def _passages(room: Workspace, pilot: PilotView, *, wanted: bool) -> StageView:
    name = "Give the examples passages"
    if not wanted or WITHOUT_RAFT in pilot.made:
        return _stage(name, LEFT_OUT, 0.0)
    if RAFT_VERSION in pilot.made or RAFT_WORK not in pilot.made:
        return _stage(name, DONE if RAFT_VERSION in pilot.made else WAITING, 15.0)
    view = raft.get(room, pilot.made[RAFT_WORK])
    return _stage(name, WORKING, view.seconds_left or 15.0, view.done / max(1, view.wanted))


def _run(
    room: Workspace, pilot: PilotView, named: tuple[str, str], time_share: float, wanted: bool
) -> StageView:
    name, key = named
    expected = pilot.size.seconds(time_share) + START_SECONDS
    if not wanted:
        return _stage(name, LEFT_OUT, 0.0)
    if key not in pilot.made:
        return _stage(name, WAITING, expected)
    run = get_run(room, pilot.made[key])
    share = run.step / run.total_steps if run.total_steps else 0.0
    if run.active:
        left = run.seconds_left if run.seconds_left is not None else expected * (1 - share)
        return _stage(name, WORKING, left, share)
    return _stage(name, DONE, 0.0, 1.0)


def _comparison(room: Workspace, pilot: PilotView) -> StageView:
    name, expected = "Compare the approaches", pilot.size.minutes * 60 * COMPARING
    if pilot.comparison_id is None:
        return _stage(name, WAITING, expected)
    try:
        view = get_comparison(room, pilot.comparison_id)
    except NotFound:
        return _stage(name, LEFT_OUT, 0.0)
    share = view.done / view.total if view.total else 0.0
    if view.state in ("queued", "running"):
        left = view.progress.get("seconds_left")
        return _stage(name, WORKING, expected * (1 - share) if left is None else left, share)
    return _stage(name, DONE, 0.0, 1.0)


def _stage(name: str, state: str, left: float, share: float = 0.0) -> StageView:
    return StageView(name, state, 1.0 if state == DONE else share, 0.0 if state == DONE else left)
