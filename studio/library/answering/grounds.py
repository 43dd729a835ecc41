"""What an answer may rest on: the passages found, and what their documents are about.

Called by answers and comparisons, so that both give a model the same to read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.library.answering.choosing import Choices, documents_to_choose
from studio.library.answering.citations import Source
from studio.library.answering.context import Reading, readings_of, summaries_of
from studio.library.answering.overviews import asks_for_overview, document_meant, names_nothing
from studio.library.finding.filters import EVERYTHING, Filter
from studio.library.finding.search import Hit, SearchOptions, find_passages_for_many
from studio.library.libraries import get_library
from studio.store.database import Workspace

PASSAGES_IN_PROMPT = 4  # of about 128 tokens: more makes small models lose the thread
SUMMARIES_IN_PROMPT = 2
_PASSAGES_OF_OVERVIEW = 2
_LOOKED_AT = 20  # passages among which the document is sought that an overview is asked of


@dataclass(frozen=True)
class Scope:
    """Where to look: `opened` is the document that the conversation is about, `chosen` the one a person has
    pointed at for this question."""

    filter: Filter = EVERYTHING
    opened: int | None = None
    chosen: int | None = None


@dataclass(frozen=True)
class Grounds:
    """`readings` in the order of their use, the best first; `trusted` is false when none is near enough.

    `overview` is the summary that answers a question about a whole document; `choices` are the documents
    that such a question could mean where it leaves that open.
    """

    hits: list[Hit]
    readings: list[Reading]
    trusted: bool
    overview: Reading | None = None
    choices: Choices | None = None

    @property
    def sources(self) -> list[Source]:
        """What is read, numbered as the model sees it."""
        return [
            Source(number, f"{reading.title}\n{reading.text}", reading.kind)
            for number, reading in enumerate(self.readings, start=1)
        ]

    def asks_model(self, capable: bool) -> bool:
        """A small model asked for an overview makes things up: there the summary itself is the answer."""
        return self.trusted and (capable or self.overview is None)


_EVERYWHERE = Scope()


def find_grounds(
    room: Workspace, library_id: int, questions: Sequence[str], scope: Scope = _EVERYWHERE
) -> list[Grounds]:
    """For each question what the model is given to read, if it may be asked at all."""
    threshold = get_library(room, library_id).answer_threshold
    options = SearchOptions(filter=scope.filter)
    # asked for as many as are read: search then leaves room among these for what is said of a whole table
    many = find_passages_for_many(room, library_id, questions, PASSAGES_IN_PROMPT, options=options)
    summaries = _summaries(room, many)
    return [
        _overview(room, library_id, question, scope)
        or Grounds(
            hits,
            _together(hits, summaries),
            bool(hits) and nearest(hits) >= threshold,
            choices=_choices(room, library_id, question, scope),
        )
        for question, hits in zip(questions, many, strict=True)
    ]


def nearest(hits: Sequence[Hit]) -> float:
    """The best cosine among what is read, against which a library's threshold stands."""
    return max((hit.cosine for hit in hits), default=0.0)


def _summaries(room: Workspace, found: Sequence[Sequence[Hit]]) -> dict[int, Reading]:
    documents = dict.fromkeys(hit.document_id for hits in found for hit in hits)
    return {summary.document_id: summary for summary in summaries_of(room, list(documents))}


def _together(hits: Sequence[Hit], summaries: dict[int, Reading]) -> list[Reading]:
    """The best passage, what the documents are about, the other passages: the last is left out first."""
    documents = list(dict.fromkeys(hit.document_id for hit in hits))[:SUMMARIES_IN_PROMPT]
    passages = readings_of(hits)
    return [*passages[:1], *(summaries[d] for d in documents if d in summaries), *passages[1:]]


def _overview(room: Workspace, library_id: int, question: str, scope: Scope) -> Grounds | None:
    """The summary of the document meant and its best passages; None for any other question."""
    document = _document_meant(room, library_id, question, scope) if asks_for_overview(question) else None
    summaries = summaries_of(room, [document]) if document is not None else []
    if document is None or not summaries:
        return None
    only = SearchOptions(filter=replace(scope.filter, documents=(document,)))
    (own,) = find_passages_for_many(room, library_id, [question], _PASSAGES_OF_OVERVIEW, options=only)
    return Grounds(own, [*summaries, *readings_of(own)], True, summaries[0])


def _document_meant(room: Workspace, library_id: int, question: str, scope: Scope) -> int | None:
    if scope.chosen:
        return scope.chosen
    anywhere = SearchOptions(filter=scope.filter)
    (hits,) = find_passages_for_many(room, library_id, [question], _LOOKED_AT, options=anywhere)
    meant = document_meant(question, hits, scope.opened)
    if meant is None and names_nothing(question):
        there = documents_to_choose(room, library_id, scope.filter)
        return there.some[0].document_id if there.total == 1 else None
    return meant


def _choices(room: Workspace, library_id: int, question: str, scope: Scope) -> Choices | None:
    """Only where the question leaves open which document it asks about."""
    if not (asks_for_overview(question) and names_nothing(question)):
        return None
    there = documents_to_choose(room, library_id, scope.filter)
    return there if there.total > 1 else None
