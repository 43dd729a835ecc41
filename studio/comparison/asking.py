"""Puts questions to one approach through the engine. Called by the compare job."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.approaches import uses_passages
from studio.comparison.question_sets import Question
from studio.engine.client import Answer, Engine
from studio.engine.prompts import NO_ANSWER
from studio.library.answering.citations import Source, without_repetition
from studio.library.answering.context import Reading, fitted
from studio.library.answering.grounds import Grounds, find_grounds
from studio.library.finding.search import Hit
from studio.models.adapters import system_messages
from studio.store.database import Workspace

SHOWN_TEXT = 400
TOKENS_PER_WORD = 1.6
SHORTEST, LONGEST = 32, 128


@dataclass(frozen=True)
class Asked:
    """An answer with the passages it was given; `seconds` counts search and generation.

    `sources` are what is stored and shown, `read` is what the model was given to read. `first_seconds` until
    the first token, `likelihood` of the reference in nats a token; None where the model was not asked.
    """

    answer: str
    sources: list[dict[str, Any]]
    seconds: float
    read: Sequence[Source] = ()
    tokens: int = 0
    first_seconds: float | None = None
    likelihood: float | None = None


@dataclass(frozen=True)
class Found:
    """What answers a question may rest on, and how long the search took."""

    grounds: Grounds
    seconds: float


@dataclass(frozen=True)
class Asker:
    """Everything one comparison asks with; `adapters` by approach."""

    room: Workspace
    engine: Engine
    library_id: int | None
    adapters: Mapping[str, int]
    max_tokens: int
    found: dict[str, Found] = field(default_factory=dict)

    def ask(self, approach: str, questions: Sequence[Question]) -> list[Asked]:
        """Answers in order; passages that are too far from the question are refused as the chat refuses."""
        found = self._search(questions) if uses_passages(approach) else []
        adapter = self.adapters.get(approach)
        system = system_messages(self.room, adapter)
        contexts = [
            fitted(self.engine, q.question, readings, self.max_tokens, system)
            for q, readings in zip(questions, _readings(found, len(questions)), strict=True)
        ]
        capable = self.engine.chat_model.capable
        to_ask = [at for at in range(len(questions)) if not found or found[at].grounds.asks_model(capable)]
        said = self.engine.chat_many(
            [contexts[at].messages for at in to_ask],
            adapter=adapter,
            max_tokens=self.max_tokens,
            references=[questions[at].reference if questions[at].answerable else "" for at in to_ask],
        )
        by_position: dict[int, Answer] = dict(zip(to_ask, said, strict=True))
        return [_asked(by_position.get(at), found[at] if found else None) for at in range(len(questions))]

    def short_first(self, approach: str, questions: Mapping[int, Question]) -> list[int]:
        """Positions by how much there is to read: prompts of a batch are filled up to its longest."""
        if not uses_passages(approach):
            return sorted(questions)
        found = dict(zip(questions, self._search(list(questions.values())), strict=True))
        length = {at: sum(len(one.text) for one in found[at].grounds.readings) for at in questions}
        return sorted(questions, key=lambda at: (length[at], at))

    def _search(self, questions: Sequence[Question]) -> list[Found]:
        """Search once for each question, although two approaches use what is found."""
        new = list(dict.fromkeys(q.question for q in questions if q.question not in self.found))
        if new and self.library_id is not None:
            began = time.perf_counter()
            many = find_grounds(self.room, self.library_id, new)
            seconds = (time.perf_counter() - began) / len(new)
            self.found.update((q, Found(grounds, seconds)) for q, grounds in zip(new, many, strict=True))
        return [self.found[question.question] for question in questions]


def _readings(found: Sequence[Found], questions: int) -> Sequence[Sequence[Reading]]:
    """What each answer may rest on; nothing where nothing was searched for."""
    return [one.grounds.readings for one in found] or [()] * questions


def answer_length(references: Sequence[str]) -> int:
    """How many tokens an answer may have: what nine in ten references need, so that labels stay quick."""
    words = sorted(len(reference.split()) for reference in references) or [0]
    needed = words[min(len(words) - 1, int(0.9 * len(words)))] * TOKENS_PER_WORD
    return int(min(LONGEST, max(SHORTEST, needed)))


def _asked(answer: Answer | None, found: Found | None) -> Asked:
    sources = [_source(hit) for hit in found.grounds.hits] if found else []
    overview = found.grounds.overview if found else None
    unasked = overview.text if overview else NO_ANSWER
    text = without_repetition(answer.text) if answer else unasked
    searching = found.seconds if found else 0.0
    read = found.grounds.sources if found else ()
    if answer is None:
        return Asked(text, sources, round(searching, 4), read)
    first = None if answer.first_seconds is None else round(searching + answer.first_seconds, 4)
    seconds = round(answer.seconds + searching, 4)
    return Asked(text, sources, seconds, read, answer.completion_tokens, first, answer.likelihood)


def _source(hit: Hit) -> dict[str, Any]:
    return {
        "passage": hit.passage_id,
        "document": hit.document,
        "external_id": hit.external_id,
        "title": hit.title,
        "text": hit.text[:SHOWN_TEXT],
        "score": round(hit.score, 4),
        "cosine": round(hit.cosine, 4),
    }
