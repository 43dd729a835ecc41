"""What a model is given to read for one question, never more than it can. Called by answers, comparisons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from studio.engine.client import Engine
from studio.engine.prompts import Message, PassageText, closed_book, with_passages
from studio.errors import BadInput
from studio.library.finding.search import Hit
from studio.store.database import Workspace
from studio.store.tables import Document, Passage


@dataclass(frozen=True)
class Reading:
    """A passage or a document's summary as the model sees it and as it is cited."""

    passage_id: int
    document_id: int
    document: str
    place: str
    title: str
    text: str
    is_summary: bool = False
    kind: str = "text"

    @property
    def label(self) -> str:
        return f"{self.document}, {self.place}"


@dataclass(frozen=True)
class Context:
    """`readings` are numbered from 1 in this order; `left_out` names those that did not fit."""

    messages: list[Message]
    readings: tuple[Reading, ...]
    left_out: tuple[str, ...] = ()


def fitted(
    engine: Engine,
    question: str,
    readings: Sequence[Reading],
    answer_tokens: int,
    before: Sequence[Message] = (),
) -> Context:
    """The prompt with as many readings as fit, the last left out first, then the oldest turns of `before`.

    What the system says stays. Raises BadInput when the question alone is longer than the model reads.
    """
    kept, turns = list(readings), [one for one in before if one["role"] != "system"]
    system = [one for one in before if one["role"] == "system"]
    while not engine.fits(messages := [*system, *turns, *prompt(question, kept)], answer_tokens):
        if not kept and not turns:
            raise BadInput(
                f"The question is longer than the {engine.chat_model.context_tokens:,} tokens that "
                f"{engine.chat_model.name} reads. Ask it in fewer words."
            )
        if kept:
            kept.pop()
        else:
            turns = turns[2:]
    left_out = [reading.label for reading in readings[len(kept) :]]
    return Context(messages, tuple(_in_order(kept)), tuple(left_out))


def prompt(question: str, readings: Sequence[Reading]) -> list[Message]:
    """What the model is asked: the question with what was found, or alone."""
    if not readings:
        return closed_book(question)
    numbered = list(enumerate(_in_order(readings), start=1))
    summaries = [
        PassageText(at, reading.title, reading.text) for at, reading in numbered if reading.is_summary
    ]
    passages = [
        PassageText(at, reading.title, reading.text) for at, reading in numbered if not reading.is_summary
    ]
    return with_passages(question, passages, summaries)


def readings_of(hits: Iterable[Hit]) -> list[Reading]:
    """Passages found, each under its title and headings."""
    return [
        Reading(
            hit.passage_id,
            hit.document_id,
            shown_name(hit.document, hit.external_id, hit.title),
            hit.where,
            _headed(hit),
            hit.text,
            kind=hit.kind,
        )
        for hit in hits
    ]


def summaries_of(room: Workspace, documents: Sequence[int]) -> list[Reading]:
    """The summaries of these documents, in this order; a document without one is skipped."""
    chosen = (
        sa.select(Passage.id, Document.id, Document.name, Document.external_id, Document.title, Passage.text)
        .join(
            Document,
            sa.and_(Document.id == Passage.document_id, Document.workspace_id == Passage.workspace_id),
        )
        .where(
            Passage.workspace_id == room.id,
            Passage.document_id == sa.func.any(list(documents)),
            Passage.kind == "summary",
        )
    )
    with room.session() as session:
        rows = session.execute(chosen).all()
    found = {
        document: Reading(
            passage, document, shown_name(name, external, title), "summary", title, text, is_summary=True
        )
        for passage, document, name, external, title, text in rows
    }
    return [found[document] for document in dict.fromkeys(documents) if document in found]


def _in_order(readings: Sequence[Reading]) -> list[Reading]:
    """As they are numbered: passages first, whose numbers the model sees and writes."""
    return sorted(readings, key=lambda reading: reading.is_summary)


def shown_name(name: str, external_id: str | None, title: str) -> str:
    """What people call a document: its file, or the title of a row that was given an id of its own."""
    return title if external_id and title else name


def _headed(hit: Hit) -> str:
    return " > ".join([hit.title or hit.document, *(part for part in hit.heading if part != hit.title)])
