"""Passages to draft from: evenly over the documents of a library, in a fixed order. Called by drafting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from studio.library.answering.context import shown_name
from studio.library.intake.storing import HEADING_SEPARATOR, SUMMARY
from studio.library.places import Place, place_label
from studio.store.database import Workspace
from studio.store.tables import Document, Passage, Suggestion

FEWEST_CHARACTERS = 30  # below, there is a title or an imprint but nothing to ask


@dataclass(frozen=True)
class Source:
    """A passage with what its reader would see around it; `language` is an ISO 639-1 code or "".

    `opens` is false where the passage goes on with what the one before it began under the same headings.
    """

    passage_id: int
    document_id: int
    document: str
    title: str
    heading: tuple[str, ...]
    text: str
    place: str
    kind: str
    language: str
    opens: bool = True

    @property
    def headed(self) -> str:
        """Title and headings in one line."""
        return HEADING_SEPARATOR.join([self.title, *(part for part in self.heading if part != self.title)])

    def as_json(self, quote: str) -> dict[str, Any]:
        """How a suggestion remembers it; the quote stays when the document is deleted."""
        return {
            "passage_id": self.passage_id,
            "document_id": self.document_id,
            "document": self.document,
            "place": self.place,
            "quote": quote,
        }


def waiting_passages(
    room: Workspace, library_id: int, seed: int, tried: Sequence[int], limit: int
) -> list[Source]:
    """The next passages: the first of every document, then the second of every document, and so on, both in
    an order that the seed decides. Left out are those already `tried` or with a suggestion of any state."""
    order = sa.func.md5(sa.func.concat(seed, " ", Passage.id))
    turn = sa.func.row_number().over(partition_by=Passage.document_id, order_by=order).label("turn")
    fit = (*_fit(room, library_id), Passage.id.not_in(list(tried)))
    ranked = sa.select(Passage.id, Passage.document_id, turn).where(*fit).subquery()
    mixed = sa.func.md5(sa.func.concat(seed, " ", ranked.c.document_id))
    chosen = sa.select(ranked.c.id).order_by(ranked.c.turn, mixed).limit(limit)
    with room.session() as session:
        ids = list(session.scalars(chosen))
        found = {row[0].id: _source(*row) for row in session.execute(_read(room, ids))}
    return [found[id_] for id_ in ids]


def count_waiting(room: Workspace, library_id: int) -> int:
    """How many passages nothing was drafted from yet."""
    with room.session() as session:
        return session.scalar(sa.select(sa.func.count()).where(*_fit(room, library_id))) or 0


def _fit(room: Workspace, library_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Passages that something can be asked about and that no suggestion was made from."""
    return (
        Passage.workspace_id == room.id,
        Passage.library_id == library_id,
        Passage.kind.not_in(("sheet", SUMMARY)),
        sa.func.length(Passage.text) >= FEWEST_CHARACTERS,
        Passage.id.not_in(_drafted(room)),
    )


def _drafted(room: Workspace) -> sa.Select[int]:
    named = Suggestion.source["passage_id"].astext.cast(sa.BigInteger)
    mine = (Suggestion.workspace_id == room.id, Suggestion.origin == "drafted")
    return sa.select(named).where(*mine, Suggestion.source["passage_id"].astext.is_not(None))


def _read(room: Workspace, ids: Sequence[int]) -> "sa.Select[Passage, Document, str | None]":
    """Passages with their documents and the headings of the passage before."""
    its = sa.and_(Document.id == Passage.document_id, Document.workspace_id == Passage.workspace_id)
    before = sa.orm.aliased(Passage)
    ahead = sa.and_(
        before.workspace_id == Passage.workspace_id,
        before.document_id == Passage.document_id,
        before.position == Passage.position - 1,
    )
    named = (Passage.workspace_id == room.id, Passage.id.in_(ids))
    return (
        sa.select(Passage, Document, before.heading)
        .join(Document, its)
        .outerjoin(before, ahead)
        .where(*named)
    )


def _source(passage: Passage, document: Document, before: str | None) -> Source:
    heading = tuple(part for part in passage.heading.split(HEADING_SEPARATOR) if part)
    return Source(
        passage_id=passage.id,
        document_id=document.id,
        document=shown_name(document.name, document.external_id, document.title),
        title=document.title or document.name,
        heading=heading,
        text=passage.text,
        place=place_label(Place.from_json(passage.place), heading),
        kind=passage.kind,
        language=document.language,
        opens=before != passage.heading,
    )
