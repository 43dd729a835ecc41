"""The job "build_raft": a version of a training set whose examples come with passages of a library.

Called by pages and commands; run by the compute worker. The same version, library and settings give the same
examples, so that a job that is repeated makes no second version.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from studio.errors import BadInput
from studio.jobs.pace import Pace
from studio.jobs.queue import task
from studio.library.finding.search import Hit, find_passages_for_many
from studio.store.database import Workspace
from studio.training_sets.building import work
from studio.training_sets.building.dressing import Dressing, dressed, right_of, without_right
from studio.training_sets.building.work import Order, WorkView, get, retry, stop
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import ExampleView, Saving, VersionView, examples, get_version, save_rows
from studio.training_sets.versions.stored import as_candidate

__all__ = ["build", "get", "list_builds", "retry", "stop"]

JOB = "build_raft"
MOST_DISTRACTORS = 10
SLICE = 16
_LOOKED_AT = 10  # passages among which the right ones and the distractors are sought
_LONGEST_SEARCH = 2000  # characters

WITH, WITHOUT, PLAIN, LEFT_OUT = "with_right_passage", "distractors_only", "kept_plain", "left_out"


def build(
    room: Workspace,
    version_id: int,
    library_id: int,
    dressing: Dressing = Dressing(),  # noqa: B008 - frozen
    keep_plain: bool = False,
) -> int:
    """Queue it and return the id of the work; `made` of what `get` gives then names the version.

    Examples that no passage supports are left out, or with `keep_plain` kept as they are.
    """
    if not 0 <= dressing.distractors <= MOST_DISTRACTORS:
        raise BadInput(f"Take 0 to {MOST_DISTRACTORS} distractors.")
    if not 0 <= dressing.share_without < 1:
        raise BadInput("The share of examples without the right passage lies from 0 to below 1.")
    settings = {"version_id": version_id, "keep_plain": keep_plain, **asdict(dressing)}
    wanted = get_version(room, version_id).examples
    return work.begin_work(room, Order(JOB, library_id, wanted, settings=settings))


def list_builds(room: Workspace) -> list[WorkView]:
    """Newest first."""
    return work.list_work(room, JOB)


@task(JOB, lane="compute", failed=work.fail)
def build_raft(room: Workspace, *, drafting_id: int) -> None:
    """Search for every question, dress the example, and save all as the next version."""
    view = work.taken_up(room, drafting_id)
    if view is None:
        return
    version = get_version(room, int(view.settings["version_id"]))
    rows = _rows(room, view, examples(room, version.id))
    if rows is None:  # a person asked to stop
        work.finish(room, drafting_id)
        return
    counted = Counter(_kind(row) for row in rows)
    if not counted[WITH] + counted[WITHOUT]:
        raise BadInput(
            "No passage of this library supports an answer of this training set: nothing was saved."
        )
    made = {name: counted[name] for name in (WITH, WITHOUT, PLAIN)}
    made[LEFT_OUT] = version.examples - len(rows)
    made_id = save_rows(room, version.name, rows, _saving(version, view, made))
    work.may_go_on(room, drafting_id, version.examples, 0.0)
    work.finish(room, drafting_id, **made, version_id=made_id)


def _rows(room: Workspace, view: WorkView, stored: Sequence[ExampleView]) -> list[Candidate] | None:
    """The examples as they will be saved; None when a person asked to stop."""
    dressing = Dressing(int(view.settings["distractors"]), float(view.settings["share_without"]))
    rows: list[Candidate] = []
    without = without_right(len(stored), dressing)
    pace = Pace()
    for at in range(0, len(stored), SLICE):
        if not work.may_go_on(room, view.id, at, pace.seconds_left(at, len(stored) - at)):
            return None
        part = stored[at : at + SLICE]
        for example, hits in zip(part, _found(room, view, part), strict=True):
            row = dressed(example, hits, dressing.distractors, example.position in without)
            rows += [row] if row else [as_candidate(example)] if view.settings["keep_plain"] else []
    return rows


def _found(room: Workspace, view: WorkView, part: Sequence[ExampleView]) -> list[list[Hit]]:
    """By the question; where that brings no support, by question and answer, the best of both."""
    library_id = work.library_of(view)
    asked = [" ".join([*_before(example), example.prompt]).strip()[:_LONGEST_SEARCH] for example in part]
    told = [
        f"{question} {example.completion}"[:_LONGEST_SEARCH]
        for question, example in zip(asked, part, strict=True)
    ]
    found = find_passages_for_many(
        room, library_id, [a or b for a, b in zip(asked, told, strict=True)], _LOOKED_AT
    )
    poor = [at for at, example in enumerate(part) if not right_of(example.completion, found[at])]
    again = find_passages_for_many(room, library_id, [told[at] for at in poor], _LOOKED_AT) if poor else []
    for at, hits in zip(poor, again, strict=True):
        right = right_of(part[at].completion, hits)
        found[at] = [*right, *(hit for hit in found[at] if hit not in right)]
    return found


def _before(example: ExampleView) -> list[str]:
    """What was asked before: a follow-up seldom names what it is about."""
    return [turn["content"] for turn in example.history if turn["role"] == "user"][-1:]


def _kind(row: Candidate) -> str:
    if not row.context:
        return PLAIN
    return WITH if row.source.get("right") else WITHOUT


def _saving(version: VersionView, view: WorkView, made: dict[str, int]) -> Saving:
    given = made[WITH] + made[WITHOUT]
    label = f"Gave {given:,} examples passages of {view.library}"
    return Saving(
        source_name=version.source_name,
        source_sha256=version.source_sha256,
        parent_id=version.id,
        changes={
            "steps": [{"label": label, "rows": given}],
            "raft": {"library": view.library, **view.settings, **made},
        },
        mapping=version.mapping,
    )
