"""What would make a recommendation firmer or possible, in plain words. Pure; called by recommend."""

from collections.abc import Iterator
from dataclasses import dataclass

from studio.advice.answers import Answers
from studio.advice.kinds import GATHER, LOOKUP, PROMPT_DOCUMENTS, PROMPTING
from studio.advice.signals import Signals

WORTH_TRYING = 100
COMFORTABLE = 1_000
A_LABEL = 20
LABELS_AT_MOST = 100


@dataclass(frozen=True)
class ExamplesNeeded:
    """How many more examples make a trial worth it, how many more are comfortable, and why."""

    have: int
    for_a_trial: int
    for_comfort: int
    why: str


def examples_needed(signals: Signals) -> ExamplesNeeded | None:
    """None when they were not counted or there are enough."""
    have = signals.examples
    if have is None or have >= COMFORTABLE:
        return None
    trial = max(0, WORTH_TRYING - have)
    why = (
        f"{have:,} usable examples: those who offer fine-tuning see gains from 50 to 100 on "
        f"and ask for more than {COMFORTABLE:,}; a small range of data makes little difference."
    )
    return ExamplesNeeded(have, trial, COMFORTABLE - have, why)


def what_is_missing(kind: str, answers: Answers, signals: Signals, piloted: bool) -> tuple[str, ...]:
    """Sentences, the most urgent first; after a pilot nothing is asked for that it must have had."""
    return tuple(
        [
            *_documents(kind, signals, piloted),
            *_examples(kind, answers, signals, piloted),
            *([] if piloted else _proof(signals)),
        ]
    )


def _documents(kind: str, signals: Signals, piloted: bool) -> Iterator[str]:
    unknown_but_there = signals.documents is None and piloted
    if (kind == GATHER or kind.startswith("rag")) and not signals.documents and not unknown_but_there:
        first = "Gather the documents first" if kind.startswith("rag") else "Gather the documents"
        yield f"{first}, those the answers come from: manuals, policies, price lists, past tickets."
    if kind == PROMPT_DOCUMENTS:
        those = f"With {signals.documents:,} documents" if signals.documents else "With so few documents"
        yield f"{those}, first put them into the prompt as they are; build a library when they no longer fit."
    if kind not in (LOOKUP, PROMPTING, PROMPT_DOCUMENTS) and kind != "fine-tune":
        yield from _poor_search(signals)


def _poor_search(signals: Signals) -> Iterator[str]:
    if signals.hit_at_k is not None and signals.hit_at_k < 0.5:
        yield "Mend the search first: it finds the right document for fewer than half of the questions."
    if signals.documents and signals.answer_coverage is not None and signals.answer_coverage < 0.2:
        yield "Check the documents: they support hardly any of the sampled answers."


def _examples(kind: str, answers: Answers, signals: Signals, piloted: bool) -> Iterator[str]:
    wanted = kind == GATHER or "fine-tune" in kind or bool(answers.special_wording or answers.fixed_form)
    needed = examples_needed(signals)
    if needed and wanted:
        trial = f"{needed.for_a_trial:,} more examples for a trial, " if needed.for_a_trial else ""
        yield f"Collect {trial}{needed.for_comfort:,} more to be comfortable. {needed.why}"
    elif signals.examples is None and wanted and not piloted:
        yield "Bring the examples you have as a CSV of questions and answers, so that they can be counted."
    if _is_label_task(signals) and signals.nearest_neighbour is None:
        yield (
            "With so few different answers, try a nearest-neighbour lookup over the examples first: "
            "it needs no language model and may do as well."
        )


def _proof(signals: Signals) -> Iterator[str]:
    if signals.hit_at_k is None and signals.closed_book is None:
        yield "Prove it: compare the approaches on 40 to 100 held-out questions of your own."


def _is_label_task(signals: Signals) -> bool:
    if signals.examples is None or not signals.distinct_answers:
        return False
    return (
        signals.distinct_answers <= LABELS_AT_MOST and signals.examples / signals.distinct_answers >= A_LABEL
    )
