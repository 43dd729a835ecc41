"""Where a workspace stands on the way from documents to a proven expert. Read by the start page."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from studio.store import tables
from studio.store.database import Workspace
from studio.web.parts.states import count

T = tables
COUNTED: dict[str, tuple[Any, Any]] = {
    "decisions": (T.Decision, None),
    "documents": (T.Document, T.Document.state == "ready"),
    "training_sets": (T.TrainingSetVersion, None),
    "adapters": (T.Adapter, None),
    "comparisons": (T.Comparison, T.Comparison.state == "succeeded"),
    "messages": (T.Message, T.Message.role == "user"),
}


@dataclass(frozen=True)
class Stop:
    """One stop of the way: `page` is a menu title, `call` is what its button says."""

    name: str
    page: str
    call: str
    why: str
    standing: str
    done: bool


def stops(room: Workspace) -> list[Stop]:
    """The six stops in order."""
    have = _counts(room)
    return [
        Stop(
            "Decide",
            "Advice",
            "Get advice",
            "A few plain questions tell which approach fits your data.",
            count(have["decisions"], "decision"),
            have["decisions"] > 0,
        ),
        Stop(
            "Library",
            "Documents",
            "Add documents",
            "With documents in a library, answers can look facts up and show their source.",
            count(have["documents"], "document"),
            have["documents"] > 0,
        ),
        Stop(
            "Training set",
            "Training sets",
            "Upload examples",
            "Good questions and answers teach a model your trade's words and manner.",
            count(have["training_sets"], "version"),
            have["training_sets"] > 0,
        ),
        Stop(
            "Run",
            "Runs",
            "Start a run",
            "A run trains an adapter on your examples; you can watch it learn.",
            count(have["adapters"], "adapter"),
            have["adapters"] > 0,
        ),
        Stop(
            "Compare",
            "Comparisons",
            "Compare the approaches",
            "The same held-out questions for every approach: this is the proof.",
            count(have["comparisons"], "comparison"),
            have["comparisons"] > 0,
        ),
        Stop(
            "Chat",
            "Chat",
            "Ask your expert",
            "Ask, open the sources, and say which answers were good.",
            count(have["messages"], "question"),
            have["messages"] > 0,
        ),
    ]


def _counts(room: Workspace) -> dict[str, int]:
    """All counts in one statement."""
    columns = []
    for name, (table, condition) in COUNTED.items():
        query = sa.select(sa.func.count()).select_from(table).where(table.workspace_id == room.id)
        columns.append((query if condition is None else query.where(condition)).scalar_subquery().label(name))
    with room.session() as session:
        return dict(session.execute(sa.select(*columns)).one()._mapping)
