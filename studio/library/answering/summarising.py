"""The job that has a capable model say what documents are about, in place of their extracted sentences.

Queued at the end of an ingest. A summary that holds a number the document does not is not taken.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from studio.engine.budget import card_of
from studio.engine.client import CHAT_MODEL, Engine, open_engine
from studio.engine.prompts import Message, summarised
from studio.jobs.queue import defer, task
from studio.library.answering.citations import repeats_itself
from studio.library.answering.numerals import stand_in
from studio.library.answering.summaries import MOST_TOKENS
from studio.library.intake.storing import SUMMARY
from studio.library.lengths import estimated_tokens
from studio.store.database import Workspace
from studio.store.tables import Document, Passage

JOB = "summarise"
WRITTEN_BY = "summary_by"  # in a document's receipt
_ANSWER_TOKENS = 120
_LONGEST = 2 * MOST_TOKENS
_PASSAGES_READ = 24  # of about 128 tokens, spread over the document


def summarise_if_capable(room: Workspace, library_id: int) -> bool:
    """Queue the job where the model can do it; a small model would only spoil what is there."""
    capable = card_of(room.settings.chat_model or CHAT_MODEL, {}).capable
    if capable:
        defer(room, JOB, library_id=library_id)
    return capable


@task(JOB, lane="documents")
def summarise_library(room: Workspace, *, library_id: int) -> None:
    """One document after the other; those this model has done already are skipped."""
    summarise(room, open_engine(room.settings), library_id)


def summarise(room: Workspace, engine: Engine, library_id: int) -> int:
    """Returns how many summaries were replaced."""
    replaced = 0
    for document_id in _waiting(room, library_id, engine.chat_model.name):
        title, texts = _read(room, document_id)
        messages = _prompt(engine, title, texts)
        said = engine.chat(messages, max_tokens=_ANSWER_TOKENS).text if messages else ""
        good = _is_good(said, f"{title}\n" + "\n".join(texts))
        _keep(room, document_id, said if good else None, engine.chat_model.name)
        replaced += good
    return replaced


def _prompt(engine: Engine, title: str, texts: Sequence[str]) -> list[Message]:
    """As many of the passages, spread over the document, as the model reads; empty when not even one."""
    for count in range(min(_PASSAGES_READ, len(texts)), 0, -1):
        spread = [texts[at * len(texts) // count] for at in range(count)]
        messages = summarised(title, "\n\n".join(spread))
        if engine.fits(messages, _ANSWER_TOKENS):
            return messages
    return []


def _is_good(said: str, document: str) -> bool:
    short = 0 < estimated_tokens(said) <= _LONGEST
    return short and stand_in(said, document) and not repeats_itself(said)


def _waiting(room: Workspace, library_id: int, model: str) -> list[int]:
    undone = (
        sa.select(Document.id)
        .where(Document.workspace_id == room.id, Document.library_id == library_id)
        .where(Document.state == "ready", Document.receipt[WRITTEN_BY].astext.is_distinct_from(model))
        .order_by(Document.id)
    )
    with room.session() as session:
        return list(session.scalars(undone))


def _read(room: Workspace, document_id: int) -> tuple[str, list[str]]:
    """The title and the passages in reading order."""
    title = sa.select(Document.title).where(Document.workspace_id == room.id, Document.id == document_id)
    texts = (
        sa.select(Passage.text)
        .where(Passage.workspace_id == room.id, Passage.document_id == document_id)
        .where(Passage.kind != SUMMARY)
        .order_by(Passage.position)
    )
    with room.session() as session:
        return session.scalar(title) or "", list(session.scalars(texts))


def _keep(room: Workspace, document_id: int, summary: str | None, model: str) -> None:
    """Also when nothing was taken: the same model is not asked twice."""
    document = sa.and_(Document.workspace_id == room.id, Document.id == document_id)
    passage = sa.and_(Passage.workspace_id == room.id, Passage.document_id == document_id)
    with room.session() as session:
        row = session.scalar(sa.select(Document).where(document).with_for_update())
        if row is None:
            return
        row.receipt = row.receipt | {WRITTEN_BY: model}
        if summary is not None:
            row.summary = summary
            session.execute(sa.update(Passage).where(passage, Passage.kind == SUMMARY).values(text=summary))
