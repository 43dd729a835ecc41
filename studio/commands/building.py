"""`build`: suggested examples and their review, examples with passages, probes of a version."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict

from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.errors import StudioError
from studio.library.libraries import find_library
from studio.store.database import Workspace
from studio.store.tables import SUGGESTION_STATES
from studio.training_sets.building import conversations, drafting, keeping, probing, raft, suggestions, work
from studio.training_sets.building.dressing import Dressing
from studio.training_sets.building.probing import ProbeView
from studio.training_sets.building.suggestions import SuggestionView
from studio.training_sets.versions.sets import find_version, list_sets

SHOWN = 50


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add `build` and what stands below it."""
    parser = arguments.add(
        commands, "build", "build training sets: draft, review, give passages, probe", run_build
    )
    parser.add_argument(
        "what",
        choices=tuple(ACTIONS),
        help="draft from a library, gather rated answers, list suggestions, accept, reject or undo some, "
        "keep the accepted in a training set, give a version passages (raft), or probe it",
    )
    parser.add_argument(
        "given", nargs="*", metavar="NUMBER|VERSION", help="of suggestions, or a version as NAME@2"
    )
    parser.add_argument("--library", help="by its name")
    parser.add_argument("--wanted", type=int, default=20, help="how many examples to draft")
    parser.add_argument(
        "--by", choices=("model", "rules"), help="who drafts (default: a capable model, or rules)"
    )
    parser.add_argument(
        "--state", choices=(*SUGGESTION_STATES, "any"), default="waiting", help="of those listed"
    )
    parser.add_argument(
        "--set", help="the training set to keep suggestions in; a new one where it is missing"
    )
    parser.add_argument(
        "--waiting", action="store_true", help="keep those nobody reviewed as well, marked so"
    )
    parser.add_argument("--kind", choices=probing.KINDS, default="known", help="what to probe for")
    parser.add_argument("--sample", type=int, default=probing.SAMPLE, help="how many examples to probe")
    parser.add_argument("--distractors", type=int, default=Dressing.distractors)
    parser.add_argument("--share-without", type=float, default=Dressing.share_without)
    parser.add_argument("--keep-plain", action="store_true", help="keep examples that no passage supports")


def run_build(given: argparse.Namespace) -> int:
    """One of the actions."""
    return ACTIONS[given.what](given, arguments.open_room(given))


def _draft(given: argparse.Namespace, room: Workspace) -> int:
    number = drafting.start(room, _library(given, room), given.wanted, given.by)
    made = drafting.drafts_of(_waited(given, room, number))
    text = f"{made.kept} suggestions from {made.tried} passages, {made.with_doubts} of them with doubts."
    reasons = "".join(f"\n  dropped {count}: {why}" for why, count in made.dropped.items())
    arguments.show(given, {"drafting": number, **asdict(made)}, text + reasons)
    return 0


def _gather(given: argparse.Namespace, room: Workspace) -> int:
    new = conversations.gather(room)
    arguments.show(given, {"new": new}, f"{new} new suggestions from rated answers.")
    return 0


def _list(given: argparse.Namespace, room: Workspace) -> int:
    states = () if given.state == "any" else (given.state,)
    found = suggestions.list_suggestions(room, suggestions.Find(states, limit=None if given.json else SHOWN))
    arguments.show(given, [asdict(one) for one in found], "\n".join(map(_line, found)) or "No suggestion.")
    return 0


def _line(one: SuggestionView) -> str:
    place = f"   {one.source['document']}, {one.source['place']}" if "document" in one.source else ""
    doubts = "".join(f"\n   ? {doubt}" for doubt in one.doubts)
    return f"{one.id}  {one.state}  {one.prompt}\n   {one.completion}\n{place}{doubts}".rstrip()


def _each(review: Callable[[Workspace, int], None]) -> Callable[[argparse.Namespace, Workspace], int]:
    def act(given: argparse.Namespace, room: Workspace) -> int:
        numbers = _numbers(given.given)
        for number in numbers:
            review(room, number)
        counted = suggestions.counts(room)
        arguments.show(given, counted, ", ".join(f"{count} {state}" for state, count in counted.items()))
        return 0

    return act


def _numbers(given: Sequence[str]) -> list[int]:
    if not given or not all(one.isdecimal() for one in given):
        raise arguments.missing("the numbers of suggestions")
    return [int(one) for one in given]


def _keep(given: argparse.Namespace, room: Workspace) -> int:
    if not given.set:
        raise arguments.missing("--set and the name of a training set")
    set_id = next((one.id for one in list_sets(room) if one.name == given.set), None)
    kept = keeping.into_draft(room, set_id, given.set, given.waiting)
    place = (
        f"version {kept.version_id}"
        if kept.version_id
        else f"the draft of {given.set}: look at it and save it"
    )
    text = f"{kept.added} examples in {place}. Nobody reviewed {kept.unreviewed} of them."
    arguments.show(given, asdict(kept), text)
    return 0


def _raft(given: argparse.Namespace, room: Workspace) -> int:
    dressing = Dressing(given.distractors, given.share_without)
    number = raft.build(room, _version(given, room), _library(given, room), dressing, given.keep_plain)
    made = _waited(given, room, number).made
    text = "\n".join(f"{name.replace('_', ' ')}: {count}" for name, count in made.items())
    arguments.show(given, made, text)
    return 0


def _probe(given: argparse.Namespace, room: Workspace) -> int:
    version_id = _version(given, room)
    library_id = _library(given, room) if given.library else None
    probing.start(room, version_id, given.kind, given.sample, library_id)

    def found() -> ProbeView:
        probe = probing.find_probe(room, version_id, given.kind)
        assert probe is not None  # noqa: S101 - just started
        return probe

    def ended() -> bool:
        arguments.note(given, f"{found().done} of {found().sample}")
        return not found().active

    wait_until(ended, room.settings, ["compute"])
    probe = found()
    if probe.error:
        raise StudioError(probe.error)
    arguments.show(given, asdict(probe), _said(probe))
    return 0


def _said(probe: ProbeView) -> str:
    share = probe.share
    if share.share is None or share.low is None or share.high is None:
        return "None of the sampled examples can be judged."
    what = {
        "known": "known to the base model",
        "support": f"supported by {probe.library}",
        "reworded": "held-out questions in other words",
    }[probe.kind]
    bounds = f"95 % interval {share.low:.0%} to {share.high:.0%}"
    return f"{share.share:.0%} of {share.sample} sampled examples are {what} ({bounds})."


def _waited(given: argparse.Namespace, room: Workspace, number: int) -> work.WorkView:
    def ended() -> bool:
        view = work.get(room, number)
        arguments.note(given, f"{view.state}: {view.done} of {view.wanted}")
        return not view.active

    wait_until(ended, room.settings, ["compute"])
    view = work.get(room, number)
    if view.error:
        raise StudioError(view.error)
    return view


def _library(given: argparse.Namespace, room: Workspace) -> int:
    if not given.library:
        raise arguments.missing("--library and the name of a library")
    return find_library(room, given.library).id


def _version(given: argparse.Namespace, room: Workspace) -> int:
    if len(given.given) != 1:
        raise arguments.missing("one version")
    return find_version(room, given.given[0]).id


ACTIONS: dict[str, Callable[[argparse.Namespace, Workspace], int]] = {
    "draft": _draft,
    "gather": _gather,
    "list": _list,
    "accept": _each(suggestions.accept),
    "reject": _each(suggestions.reject),
    "undo": _each(suggestions.undo),
    "keep": _keep,
    "raft": _raft,
    "probe": _probe,
}
