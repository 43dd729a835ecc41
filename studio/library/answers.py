"""Answers a question from the passages found, streamed, then says which passage supports which sentence.

Called by conversations, comparisons and commands.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from studio.engine.client import Engine
from studio.engine.prompts import NO_ANSWER, Message, PassageText, closed_book, with_passages
from studio.library.citations import (
    Sentence,
    Source,
    cite,
    marked,
    quote_for,
    repeats_itself,
    without_repetition,
)
from studio.library.libraries import get_library
from studio.library.search import Hit, find_passages
from studio.store.database import Workspace

PASSAGES_IN_PROMPT = 4  # of about 128 tokens: more makes small models lose the thread
LONGEST_ANSWER_TOKENS = 192  # the prompt asks for one to three sentences
_WORDS_OF_A_QUESTION = 4
_TURNS_REMEMBERED = 2


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
    """The finished answer. `text` carries the marks; a refused answer lists the nearest passages unused."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    refused: bool

    @property
    def unsupported(self) -> tuple[str, ...]:
        """Sentences that nothing found supports."""
        return tuple(s.text for s in self.sentences if not s.numbers) if self.citations else ()


def answer(
    room: Workspace,
    engine: Engine,
    library_id: int | None,
    question: str,
    adapter: int | None = None,
    history: Sequence[Message] = (),
) -> Iterator[str | Cited]:
    """Pieces of the answer as they come, and at last the whole of it with its citations.

    Without a library the model answers from memory and the conversation so far. It is not asked at all
    when no passage comes near enough to the question, and stopped when it begins to repeat itself or
    when the iterator is closed.
    """
    hits = [] if library_id is None else _found(room, library_id, question, history)
    if library_id is not None and not _near_enough(room, library_id, hits):
        yield NO_ANSWER
        yield cited(NO_ANSWER, hits)
        return
    pieces: list[str] = []
    # small models repeat their earlier answers when these stand before the passages
    remembered = [] if hits else list(history)[-2 * _TURNS_REMEMBERED :]
    messages = [*remembered, *prompt(question, hits)]
    said = engine.stream(messages, adapter=adapter, max_tokens=LONGEST_ANSWER_TOKENS)
    with closing(cast(Generator[str, None, None], said)) as stream:
        for piece in stream:
            pieces.append(piece)
            yield piece
            if repeats_itself("".join(pieces)):
                break
    yield cited(without_repetition("".join(pieces)), hits)


def prompt(question: str, hits: Sequence[Hit]) -> list[Message]:
    """What the model is asked: the question with the passages found, or alone."""
    if not hits:
        return closed_book(question)
    return with_passages(question, [_shown(number, hit) for number, hit in enumerate(hits, start=1)])


def cited(text: str, hits: Sequence[Hit]) -> Cited:
    """The answer with every sentence traced to the passages it was given."""
    refused = NO_ANSWER.rstrip(".").lower() in text.lower()
    shown = [_shown(number, hit) for number, hit in enumerate(hits, start=1)]
    sources = [Source(passage.number, f"{passage.title}\n{passage.text}") for passage in shown]
    sentences = tuple(cite(text, [] if refused else sources))
    citations = tuple(_citation(number, hit, sentences) for number, hit in enumerate(hits, start=1))
    return Cited(marked(sentences), sentences, citations, refused)


def _found(room: Workspace, library_id: int, question: str, history: Sequence[Message]) -> list[Hit]:
    """A very short question ("and in winter?") is looked up together with the one before."""
    asked_before = [message["content"] for message in history if message["role"] == "user"]
    short = len(question.split()) < _WORDS_OF_A_QUESTION
    looked_up = f"{asked_before[-1]} {question}" if short and asked_before else question
    return find_passages(room, library_id, looked_up, PASSAGES_IN_PROMPT)


def _near_enough(room: Workspace, library_id: int, hits: Sequence[Hit]) -> bool:
    threshold = get_library(room, library_id).answer_threshold
    return max((hit.cosine for hit in hits), default=0.0) >= threshold


def _shown(number: int, hit: Hit) -> PassageText:
    path = [hit.title, *(part for part in hit.heading if part != hit.title)]
    return PassageText(number, " > ".join(path), hit.text)


def _citation(number: int, hit: Hit, sentences: Sequence[Sentence]) -> Citation:
    resting = [sentence.text for sentence in sentences if number in sentence.numbers]
    return Citation(
        number=number,
        passage_id=hit.passage_id,
        document_id=hit.document_id,
        document=hit.document if hit.external_id is None else hit.title,
        place=hit.where,
        quote=quote_for(resting, hit.text),
        used=bool(resting),
    )
