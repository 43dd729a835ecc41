"""What a pilot does, stage by stage. Each looks whether its work is done, asks for it if not, and answers
whether it must be waited for. Called by the pilot's job, again and again until nothing is waited for.

Everything a stage makes is a run, a version or a comparison that can be looked at by itself. What it made
is kept by name before it is waited for, so that a pilot whose worker died goes on where it was.
"""

from collections.abc import Callable
from typing import Any

from studio.advice.piloting.pilots import PilotView, locked
from studio.advice.piloting.size import CURVE, TRAINING, WITH_PASSAGES, Learned, steps_for
from studio.comparison.question_sets import from_held_out
from studio.comparison.requests import ComparisonRequest, create_once, resume_comparison
from studio.comparison.results import get_comparison, stop_comparison
from studio.errors import StudioError
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import find_model
from studio.store.database import Workspace
from studio.training_sets.building import answerability, raft
from studio.training_sets.building.dressing import Dressing
from studio.tuning.forecast import assumed_speed, limit_of, measured_speed, shape_of, this_host, workload
from studio.tuning.lengths import lengths_of_version
from studio.tuning.listing import RunView
from studio.tuning.presets import find_preset
from studio.tuning.runs import RunRequest, create_run, get_run, resume_run, stop_run

PRESET = "Quick look"
DISTRACTORS = 2
SPEED_OF_A_GPU = 2000.0  # tokens a second before anything was measured there: a guess on the slow side
RUN, PASSAGES_RUN, RAFT_WORK, RAFT_VERSION = "run", "passages_run", "raft_work", "raft_version"
WITHOUT_RAFT, NEARNESS = "without_raft", "nearness"
_MOST_ATTEMPTS = 3


Stage = Callable[[Workspace, PilotView], bool]


class Halted(StudioError):
    """Somebody stopped what the pilot waits for: it ends there, and starts nothing again by itself."""


def remember(room: Workspace, pilot: PilotView, **made: Any) -> None:
    """Keep what a stage has made under its name."""
    with room.session() as session:
        row = locked(session, room, pilot.id)
        row.made = {**row.made, **made}


def questions(room: Workspace, pilot: PilotView) -> bool:
    """The held-out part becomes a question set."""
    if pilot.question_set_id is None and pilot.version_id is not None:
        made = from_held_out(room, pilot.version_id)
        with room.session() as session:
            locked(session, room, pilot.id).question_set_id = made
    return False


def passages(room: Workspace, pilot: PilotView) -> bool:
    """A version of the training set whose examples come with passages of the library."""
    if pilot.version_id is None or pilot.library_id is None or _known(pilot, RAFT_VERSION, WITHOUT_RAFT):
        return False
    if RAFT_WORK not in pilot.made:
        work = raft.build(room, pilot.version_id, pilot.library_id, Dressing(DISTRACTORS))
        remember(room, pilot, raft_work=work)
        return True
    view = raft.get(room, pilot.made[RAFT_WORK])
    if view.state == "stopped":
        raise Halted("Preparing examples with passages was stopped.")
    if view.state == "succeeded":
        remember(room, pilot, raft_version=view.made["version_id"])
    elif view.state == "failed":
        remember(room, pilot, without_raft=view.error)
    return view.active


def nearness(room: Workspace, pilot: PilotView) -> bool:
    """From which nearness on the library answers, where nobody has said it: the examples tell."""
    if pilot.version_id is None or pilot.library_id is None or _known(pilot, NEARNESS):
        return False
    found = answerability.calibrate(room, pilot.library_id, pilot.version_id)
    remember(room, pilot, **{NEARNESS: found.sentence if found else ""})
    return False


def training(room: Workspace, pilot: PilotView) -> bool:
    """The adapter that knows by heart."""
    return pilot.version_id is not None and _train(room, pilot, RUN, pilot.version_id)


def training_with_passages(room: Workspace, pilot: PilotView) -> bool:
    """The adapter that learns to read passages."""
    version_id = pilot.made.get(RAFT_VERSION)
    return version_id is not None and _train(room, pilot, PASSAGES_RUN, version_id)


def comparison(room: Workspace, pilot: PilotView) -> bool:
    """All approaches on the same questions."""
    if pilot.comparison_id is None:
        _ask_for_comparison(room, pilot)
        return True
    view = get_comparison(room, pilot.comparison_id)
    if view.state == "stopped":
        raise Halted("The comparison of the pilot was stopped.")
    if view.state == "failed":
        raise StudioError(view.error or "The comparison of the pilot has failed.")
    return view.state != "succeeded"


def curve(room: Workspace, pilot: PilotView) -> bool:
    """The same steps on a quarter and on half of the examples; what fails here costs one point."""
    if pilot.version_id is None:
        return False
    steps = get_run(room, pilot.made[RUN]).total_steps
    for key, share in ((curve_key(share), share) for share in CURVE):
        if key not in pilot.made:
            changes = _changes(steps) | {"share": share}
            remember(room, pilot, **{key: _start(room, pilot, key, pilot.version_id, changes)})
            return True
        if _is_going(room, pilot.made[key]):
            return True
    return False


STAGES: tuple[Stage, ...] = (
    questions, passages, nearness, training, training_with_passages, comparison, curve,
)  # fmt: skip


def curve_key(share: float) -> str:
    """Under which name the run on part of the examples is kept."""
    return f"run_{share:g}"


_TITLES = {
    RUN: "adapter",
    PASSAGES_RUN: "adapter with passages",
    **{curve_key(share): f"adapter on {share:.0%} of the examples" for share in CURVE},
}


def stop_what_runs(room: Workspace, pilot: PilotView) -> None:
    """Stop what the pilot has asked for and is still going on."""
    for run in _runs(room, pilot):
        if run.state in ("queued", "running"):
            stop_run(room, run.id)
    if pilot.comparison_id and get_comparison(room, pilot.comparison_id).state in ("queued", "running"):
        stop_comparison(room, pilot.comparison_id)
    work = pilot.made.get(RAFT_WORK)
    if work and raft.get(room, work).active:
        raft.stop(room, work)


def let_go_on(room: Workspace, pilot: PilotView) -> None:
    """What of the pilot's work was stopped, or was compared in vain, is asked for again."""
    for run in _runs(room, pilot):
        if run.state == "stopped":
            resume_run(room, run.id)
    if pilot.comparison_id and get_comparison(room, pilot.comparison_id).state in ("stopped", "failed"):
        resume_comparison(room, pilot.comparison_id)
    work = pilot.made.get(RAFT_WORK)
    if work and raft.get(room, work).state == "stopped":
        raft.retry(room, work)


def _runs(room: Workspace, pilot: PilotView) -> list[RunView]:
    keys = (RUN, PASSAGES_RUN, *map(curve_key, CURVE))
    return [get_run(room, pilot.made[key]) for key in keys if key in pilot.made]


def _known(pilot: PilotView, *names: str) -> bool:
    return any(name in pilot.made for name in names)


def _train(room: Workspace, pilot: PilotView, key: str, version_id: int) -> bool:
    if key not in pilot.made:
        seconds = pilot.size.seconds(WITH_PASSAGES if key == PASSAGES_RUN else TRAINING)
        # the curve needs held-out losses; long prompts would take longer to check than to train on
        checks = 0 if key == PASSAGES_RUN else 1
        changes = _changes(_steps(room, version_id, seconds), checks)
        remember(room, pilot, **{key: _start(room, pilot, key, version_id, changes)})
        return True
    if _is_going(room, pilot.made[key]):
        return True
    run = get_run(room, pilot.made[key])
    if run.state != "succeeded":
        raise StudioError(f"Training for the pilot (run {run.id}) has {run.state}. {run.error or ''}".strip())
    return False


def _is_going(room: Workspace, run_id: int) -> bool:
    """Whether a run waits or trains; one that was cut short is made to go on, though not for ever. Raises
    Halted for one that was stopped."""
    run = get_run(room, run_id)
    if run.state == "stopped":
        raise Halted(f"Training for the pilot (run {run.id}) was stopped.")
    if run.resumable and run.attempts < _MOST_ATTEMPTS:
        resume_run(room, run.id)
        return True
    return run.active


def _start(room: Workspace, pilot: PilotView, key: str, version_id: int, changes: dict[str, Any]) -> int:
    """The same pilot and key give the same run."""
    request = RunRequest(
        version_id=version_id,
        name=f"Pilot {pilot.id}: {_TITLES[key]}",
        preset=PRESET,
        changes=changes,
        idempotency_key=f"pilot {pilot.id} {key}",
    )
    return create_run(room, request)


def _changes(steps: int, checks: int = 1) -> dict[str, Any]:
    """So many steps, however often that goes over the examples; no early end, so that runs compare.

    Nothing is answered on the way: the comparison shows the answers.
    """
    lean = {"evaluations": checks, "sample_answers": 0, "checkpoints": 1, "patience": 0}
    return {"max_steps": steps, "epochs": 20.0, **lean}


def _steps(room: Workspace, version_id: int, seconds: float) -> int:
    model = find_model(CHAT_MODEL, room.settings)
    work = workload(lengths_of_version(room, model, version_id), limit_of(model, 0))
    shape, usual = shape_of(model), find_preset(PRESET).settings
    assumed = assumed_speed(shape, usual, this_host()) if shape else None
    speed = measured_speed(room, model.id) or assumed or SPEED_OF_A_GPU
    learned = Learned(work.rows, work.tokens / max(1, work.rows), speed)
    return steps_for(learned, seconds, usual.batch_size)


def _ask_for_comparison(room: Workspace, pilot: PilotView) -> None:
    request = ComparisonRequest(
        name=f"Pilot {pilot.id}",
        question_set_id=int(pilot.question_set_id or 0),
        library_id=pilot.library_id,
        run_id=pilot.made.get(RUN),
        passages_run_id=pilot.made.get(PASSAGES_RUN),
        limit=pilot.size.questions,
    )
    made = create_once(room, request)
    with room.session() as session:
        locked(session, room, pilot.id).comparison_id = made
