"""Asks a model for a question and its answer from one passage alone, and reads strictly what it says.

Called by drafting. A capable model writes both. A small one only gets to word the question: the answer is a
sentence of the passage, chosen beforehand.
"""

import re
from collections.abc import Sequence

from studio.engine.client import Engine
from studio.engine.prompts import drafted_pair, drafted_question
from studio.library.answering.summaries import whole_sentences
from studio.library.answering.wordings import content_words
from studio.training_sets.building.passages import Source
from studio.training_sets.building.rules import Pair

_PAIR = re.compile(r"\s*Question:\s*(?P<question>\S[^\n]*)\n+\s*Answer:\s*(?P<answer>\S.*)", re.DOTALL)
_QUESTION = re.compile(r"\s*(?:Question:\s*)?(?P<question>\S[^\n]*?[?？])\s*", re.DOTALL)
_ECHO = re.compile(r"^(?:what is )?the answer to (?:the|this) question\W*", re.IGNORECASE)
_PAIR_TOKENS, _QUESTION_TOKENS = 256, 48


def pairs_by_model(engine: Engine, sources: Sequence[Source]) -> list[Pair | None]:
    """In the order of the passages; None where the model did not keep to the form."""
    return _both(engine, sources) if engine.chat_model.capable else _questions(engine, sources)


def _both(engine: Engine, sources: Sequence[Source]) -> list[Pair | None]:
    said = engine.chat_many(
        [drafted_pair(source.headed, source.text) for source in sources], max_tokens=_PAIR_TOKENS
    )
    return [None if one.cut else read_pair(one.text, engine.chat_model.name) for one in said]


def _questions(engine: Engine, sources: Sequence[Source]) -> list[Pair | None]:
    answers = [telling_sentence(source) for source in sources]
    asked = [at for at, answer in enumerate(answers) if answer]
    said = engine.chat_many(
        [drafted_question(sources[at].headed, answers[at]) for at in asked], max_tokens=_QUESTION_TOKENS
    )
    questions = {at: read_question(one.text) for at, one in zip(asked, said, strict=True)}
    by = engine.chat_model.name
    return [
        Pair(question, answers[at], by) if (question := questions.get(at)) else None
        for at in range(len(sources))
    ]


def read_pair(said: str, by: str) -> Pair | None:
    """ "Question: ..." on one line, then "Answer: ..."; anything else is not taken."""
    found = _PAIR.fullmatch(said.replace("\0", ""))
    if found is None or "Question:" in found["answer"]:
        return None
    return Pair(found["question"].strip(), found["answer"].strip(), by)


def read_question(said: str) -> str | None:
    """One line that ends as a question."""
    found = _QUESTION.match(said.replace("\0", ""))
    question = _ECHO.sub("", found["question"]).strip(" \"“”'") if found else ""
    return question[:1].upper() + question[1:] or None


def telling_sentence(source: Source) -> str:
    """The sentence with most words of its own, the first among equals; "" where the passage has none."""
    sentences = list(whole_sentences(source.text))
    return max(sentences, key=lambda sentence: len(content_words(sentence)), default="")
