"""Asks the base model the same questions without passages, with the right ones, and with wrong ones.

Called by the measuring job. Every answer is scored as a comparison scores it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from studio.advice.measuring.contexts import Contexts
from studio.comparison.asking import answer_length
from studio.comparison.question_sets import Question
from studio.comparison.report import primary_metric
from studio.comparison.scoring import References, score_words
from studio.engine.client import Engine
from studio.library.answering.citations import without_repetition
from studio.library.answering.context import fitted, readings_of
from studio.library.finding.search import Hit

LONGEST = 64  # tokens of an answer: the order of approaches shows within the first dozen words
READ = 300  # characters of a right answer whose likelihood is asked: its first sentences tell enough
SHOWN = 400  # characters of a reference that are kept to be shown
NOTHING = Contexts()


@dataclass(frozen=True)
class Asking:
    """How all of one measurement is asked and scored; `metric` is the score that a comparison would take."""

    engine: Engine
    references: References
    metric: str
    tokens: int

    @classmethod
    def of(cls, engine: Engine, questions: Sequence[Question]) -> "Asking":
        references = [one.reference for one in questions]
        metric = primary_metric(questions, ["content_f1"])
        return cls(engine, References.of(questions), metric, min(LONGEST, answer_length(references)))

    def rows(self, questions: Sequence[Question], contexts: Sequence[Contexts]) -> list[dict[str, Any]]:
        """One row for each question: what was answered in each way, its score, and the passages behind it."""
        found = [one or NOTHING for _, one in zip_longest(questions, contexts)]
        rows = [
            {
                "question": question.question,
                "reference": question.reference[:SHOWN],
                "found": context.found,
                "passages": [hit.passage_id for hit in context.right],
            }
            for question, context in zip(questions, found, strict=True)
        ]
        self._add(rows, "closed", questions, [()] * len(rows))
        self._add(rows, "oracle", questions, [one.complete or None for one in found])
        self._add(rows, "wrong", questions, [one.misleading or None for one in found])
        return rows

    def _add(
        self,
        rows: Sequence[dict[str, Any]],
        name: str,
        questions: Sequence[Question],
        passages: Sequence[Sequence[Hit] | None],
    ) -> None:
        """Ask all but those whose passages are None: there are none to give.

        Where the engine tells how likely it holds the right answer, that is enough to know of wrong passages.
        """
        at = [n for n, hits in enumerate(passages) if hits is not None]
        told = name == "wrong" and any("oracle_likelihood" in row for row in rows)
        said = self.engine.chat_many(
            [self._messages(questions[n], passages[n] or ()) for n in at],
            max_tokens=1 if told else self.tokens,
            references=[] if name == "closed" else [questions[n].reference[:READ] for n in at],
        )
        for n, answer in zip(at, said, strict=True):
            if answer.likelihood is not None:
                rows[n][f"{name}_likelihood"] = answer.likelihood
            if not told:
                text = without_repetition(answer.text)
                score = score_words(questions[n], text, self.references)[self.metric]
                rows[n] |= {name: text, f"{name}_score": score, f"{name}_seconds": round(answer.seconds, 3)}

    def _messages(self, question: Question, hits: Sequence[Hit]) -> list[dict[str, str]]:
        return fitted(self.engine, question.question, readings_of(hits), self.tokens).messages
