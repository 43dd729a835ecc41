"""Answers a question from the passages found, streamed, then says which passage supports which sentence.

Called by conversations and commands.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from studio.engine.client import Engine
from studio.engine.prompts import NO_ANSWER, Message
from studio.library.answering.choosing import Choice
from studio.library.answering.citations import (
    Sentence,
    Source,
    cite,
    marked,
    quote_for,
    repeats_itself,
    says_nothing,
    without_repetition,
)
from studio.library.answering.context import Context, Reading, fitted
from studio.library.answering.followups import Turn, looked_up
from studio.library.answering.grounds import Scope, find_grounds
from studio.library.answering.overviews import asks_for_overview
from studio.library.answering.planted import without_strange_addresses
from studio.library.finding.filters import EVERYTHING, Filter
from studio.models.adapters import system_messages
from studio.store.database import Workspace

NOTHING_SAID = "The model wrote no answer to this. Ask in other words, or read the nearest passages."
LONGEST_ANSWER_TOKENS = 192  # the prompt asks for one to three sentences
_TURNS_REMEMBERED = 2


@dataclass(frozen=True)
class Talk:
    """Who speaks, where is searched, what was said before, and the document the reader has pointed at."""

    adapter: int | None = None
    filter: Filter = EVERYTHING
    earlier: tuple[Turn, ...] = ()
    chosen: int | None = None


@dataclass(frozen=True)
class Citation:
    """A numbered source; `used` means that a sentence of the answer rests on it."""

    number: int
    passage_id: int
    document_id: int
    document: str
    place: str
    quote: str
    used: bool


@dataclass(frozen=True)
class Cited:
    """The finished answer. `text` carries the marks; a refused answer lists the nearest passages unused.

    `looked_up` is what was searched for where that is not the question itself; `left_out` names sources
    that were found but did not fit into what the model reads. `choices` are documents to choose from where
    the question left open which it means.
    """

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    refused: bool
    looked_up: str = ""
    left_out: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()

    @property
    def unsupported(self) -> tuple[str, ...]:
        """Sentences that nothing found supports."""
        return tuple(s.text for s in self.sentences if not s.numbers) if self.citations else ()


def answer(
    room: Workspace, engine: Engine, library_id: int | None, question: str, talk: Talk = Talk()
) -> Iterator[str | Cited]:
    """Pieces of the answer as they come, and at last the whole of it with its citations.

    Without a library the model answers from memory and the conversation so far. It is not asked at all
    when no passage comes near enough to the question or the reader has to say which document is meant, and
    stopped when it begins to repeat itself or when the iterator is closed.
    """
    question, system = question.strip(), system_messages(room, talk.adapter)
    if library_id is None:
        before = [*system, *_said_before(talk.earlier)]
        context = fitted(engine, question, [], LONGEST_ANSWER_TOKENS, before)
        yield from _said(engine, context, talk.adapter)
        return
    opened = talk.earlier[-1].document_id if talk.earlier else None
    # "what is it about?" means the document in front of the reader, whatever was asked of it before
    leans = not ((opened or talk.chosen) and asks_for_overview(question))
    asked = looked_up(engine, question, talk.earlier) if leans else question
    (grounds,) = find_grounds(room, library_id, [asked], Scope(talk.filter, opened, talk.chosen))
    if grounds.choices:
        yield grounds.choices.question
        yield Cited(grounds.choices.question, (), (), refused=False, choices=grounds.choices.some)
        return
    context = fitted(engine, asked, grounds.readings, LONGEST_ANSWER_TOKENS, system)
    told = "" if asked == question else asked
    if grounds.asks_model(engine.chat_model.capable):
        # what was said before stays away: small models repeat it when it stands before the passages
        yield from _said(engine, context, talk.adapter, told)
    else:
        yield from _quoted(grounds.overview.text if grounds.overview else NO_ANSWER, context, told)


def _quoted(text: str, context: Context, told: str) -> Iterator[str | Cited]:
    """An answer that needs no model."""
    yield text
    yield cited(text, context, told)


def _said(engine: Engine, context: Context, adapter: int | None, told: str = "") -> Iterator[str | Cited]:
    pieces: list[str] = []
    said = engine.stream(context.messages, adapter=adapter, max_tokens=LONGEST_ANSWER_TOKENS)
    with closing(cast(Generator[str, None, None], said)) as stream:
        for piece in stream:
            pieces.append(piece)
            yield piece
            if repeats_itself("".join(pieces)):
                break
    yield cited(without_repetition("".join(pieces)), context, told)


def cited(text: str, context: Context, told: str = "") -> Cited:
    """The answer with every sentence traced to what the model was given to read."""
    text = NOTHING_SAID if context.readings and says_nothing(text) else text
    refused = text == NOTHING_SAID or NO_ANSWER.rstrip(".").lower() in text.lower()
    numbered = list(enumerate(context.readings, start=1))
    text = without_strange_addresses(text, [reading.text for reading in context.readings])
    sources = [
        Source(number, f"{reading.title}\n{reading.text}", reading.kind) for number, reading in numbered
    ]
    sentences = tuple(cite(text, [] if refused else sources))
    citations = tuple(_citation(number, reading, sentences) for number, reading in numbered)
    return Cited(marked(sentences), sentences, citations, refused, told, context.left_out)


def _citation(number: int, reading: Reading, sentences: Sequence[Sentence]) -> Citation:
    resting = [sentence.text for sentence in sentences if number in sentence.numbers]
    return Citation(
        number=number,
        passage_id=reading.passage_id,
        document_id=reading.document_id,
        document=reading.document,
        place=reading.place,
        quote=quote_for(resting, reading.text),
        used=bool(resting),
    )


def _said_before(earlier: Sequence[Turn]) -> list[Message]:
    turns = earlier[-_TURNS_REMEMBERED:]
    return [
        {"role": role, "content": text}
        for turn in turns
        for role, text in (("user", turn.question), ("assistant", turn.answer))
    ]
