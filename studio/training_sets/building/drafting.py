"""The job "draft_examples": suggests questions and answers, each from one passage of a library.

Called by pages and commands; run by the compute worker. Nothing drafted is trained on before somebody looked
at it, unless that is said. What is made is kept as it comes: run again after a crash, the job goes on with
the passages it has not tried.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import sqlalchemy as sa

from studio.engine.budget import card_of
from studio.engine.client import CHAT_MODEL, Engine, open_engine
from studio.errors import BadInput
from studio.jobs.pace import Pace
from studio.jobs.queue import task
from studio.library.answering.citations import quote_for
from studio.store.database import Workspace
from studio.store.tables import Example, Suggestion, TrainingSetVersion
from studio.training_sets.building import work
from studio.training_sets.building.asking import pairs_by_model
from studio.training_sets.building.checks import Known, doubts, fault
from studio.training_sets.building.passages import Source, count_waiting, waiting_passages
from studio.training_sets.building.rules import Pair, pair_by_rule
from studio.training_sets.building.work import Order, WorkView, get, retry, stop

__all__ = ["Drafts", "WorkView", "drafts_of", "get", "list_draftings", "retry", "start", "stop", "usual_way"]

JOB = "draft_examples"
SEED = 17
MOST = 1000
SLICE = 8
MOST_KNOWN = 50_000  # questions of training sets that drafts are compared with
BY_RULE = "by rule"
UNREADABLE = "The model did not keep to the form it was asked for."
NO_RULE = "The passage holds no question by itself."

By = Literal["model", "rules"]


@dataclass(frozen=True)
class Drafts:
    """What drafting came to: passages tried, and how many drafts were dropped for which reason."""

    tried: int
    kept: int
    dropped: dict[str, int]
    with_doubts: int


@dataclass
class _Round:
    """One slice of passages and what came of it."""

    sources: Sequence[Source]
    kept: list[tuple[Source, Pair]] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def start(room: Workspace, library_id: int, wanted: int = 20, by: By | None = None) -> int:
    """Queue the drafting of that many examples and return its id.

    `by` model asks the chat model; by rules the documents' own questions, definitions, rows and sections are
    used; None takes what `usual_way` says. Raises BadInput where nothing is left to draft from.
    """
    by = by or usual_way(room)
    if wanted > MOST:
        raise BadInput(f"At most {MOST:,} examples are drafted at a time.")
    if not count_waiting(room, library_id):
        raise BadInput("There is no passage left to draft from: add documents, or choose another library.")
    model = BY_RULE if by == "rules" else room.settings.chat_model or CHAT_MODEL
    return work.begin_work(room, Order(JOB, library_id, wanted, model, {"by": by, "seed": SEED}))


def usual_way(room: Workspace) -> By:
    """A capable model; with a small one the rules, since two thirds of what it writes is of no use."""
    return "model" if card_of(room.settings.chat_model or CHAT_MODEL, {}).capable else "rules"


def list_draftings(room: Workspace) -> list[WorkView]:
    """Newest first."""
    return work.list_work(room, JOB)


def drafts_of(view: WorkView) -> Drafts:
    """What a drafting came to so far."""
    made = view.made
    dropped = dict(made.get("dropped", {}))
    return Drafts(len(made.get("tried", ())), view.done, dropped, int(made.get("with_doubts", 0)))


@task(JOB, lane="compute", failed=work.fail)
def draft_examples(room: Workspace, *, drafting_id: int) -> None:
    """Passage after passage until enough is drafted, nothing is left, or a person says stop."""
    view = work.taken_up(room, drafting_id)
    if view is None:
        return
    engine = open_engine(room.settings) if view.settings["by"] == "model" else None
    known, pace, first = _known(room), Pace(), view.done
    while view.done < view.wanted:
        left = pace.seconds_left(view.done - first, view.wanted - view.done)
        if not work.may_go_on(room, drafting_id, view.done, left):
            break
        sources = _next(room, view)
        if not sources:
            break
        _keep(room, drafting_id, _drafted(engine, sources, known))
        view = work.get(room, drafting_id)
    work.finish(room, drafting_id)


def _next(room: Workspace, view: WorkView) -> list[Source]:
    few = min(SLICE, view.wanted - view.done)
    tried = view.made.get("tried", ())
    return waiting_passages(room, work.library_of(view), int(view.settings["seed"]), tried, few)


def _drafted(engine: Engine | None, sources: Sequence[Source], known: Known) -> _Round:
    made = _Round(sources)
    pairs = pairs_by_model(engine, sources) if engine else _by_rule(sources)
    for source, pair in zip(sources, pairs, strict=True):
        wrong = fault(pair, source, known) if pair else UNREADABLE if engine else NO_RULE
        if pair is None or wrong:
            made.dropped[wrong or UNREADABLE] += 1
        else:
            known.add(pair.question)
            made.kept.append((source, pair))
    return made


def _by_rule(sources: Sequence[Source]) -> list[Pair | None]:
    """Said to be so, and by which rule."""
    pairs = [pair_by_rule(source) for source in sources]
    return [pair and replace(pair, by=f"{BY_RULE}, from a {pair.by}") for pair in pairs]


def _keep(room: Workspace, drafting_id: int, made: _Round) -> None:
    """The drafts and the passages they came from in one transaction, so that nothing is drafted twice."""
    with room.session() as session:
        row = work.locked(session, room, drafting_id)
        new = [_suggestion(room, drafting_id, source, pair) for source, pair in made.kept]
        session.add_all(new)
        so_far = row.settings["made"]
        work.keep_made(
            row,
            tried=[*so_far.get("tried", ()), *(source.passage_id for source in made.sources)],
            dropped=dict(Counter(so_far.get("dropped", {})) + made.dropped),
            with_doubts=so_far.get("with_doubts", 0) + sum(bool(one.doubts) for one in new),
        )
        row.done += len(new)


def _suggestion(room: Workspace, drafting_id: int, source: Source, pair: Pair) -> Suggestion:
    wording: dict[str, Any] = {"prompt": pair.question, "completion": pair.answer}
    return Suggestion(
        workspace_id=room.id,
        drafting_id=drafting_id,
        origin="drafted",
        source=source.as_json(quote_for([pair.answer], source.text)),
        drafted={**wording, "by": pair.by},
        doubts=doubts(pair, source),
        **wording,
    )


def _known(room: Workspace) -> Known:
    """Every question suggested so far, and those of the newest version of every training set."""
    known = Known()
    suggested = sa.select(Suggestion.drafted["prompt"].astext).where(Suggestion.workspace_id == room.id)
    newest = (
        sa.select(sa.func.max(TrainingSetVersion.id))
        .where(TrainingSetVersion.workspace_id == room.id)
        .group_by(TrainingSetVersion.training_set_id)
    )
    kept = sa.select(Example.prompt).where(Example.workspace_id == room.id, Example.version_id.in_(newest))
    with room.session() as session:
        for question in (*session.scalars(suggested), *session.scalars(kept.limit(MOST_KNOWN))):
            known.add(question)
    return known
