"""What must be said beside a comparison's scores so that nobody misreads them. Pure; called by report."""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.approaches import NAMES
from studio.comparison.question_sets import Question
from studio.statistics import detectable

FEW_QUESTIONS = 30
FORM_MATTERS = 0.1
FEWEST_FIGURES = 10


def about_questions(questions: Sequence[Question], excluded: int) -> list[str]:
    notes = []
    answerable = sum(question.answerable for question in questions)
    if excluded:
        were = "question was" if excluded == 1 else "questions were"
        notes.append(
            f"{excluded} {were} left out: the adapter was trained on the same question, on nearly the same "
            "one, or on one made from the same text."
        )
    if answerable < len(questions):
        count = len(questions) - answerable
        those = "1 unanswerable question is" if count == 1 else f"{count} unanswerable questions are"
        notes.append(f"{those} scored by refusal alone, outside the other scores.")
    if answerable < FEW_QUESTIONS:
        notes.append(
            f"Only {answerable} answerable questions: 40 to 100 are needed to tell most differences."
        )
    return notes


def in_advance(questions: int, approaches: int) -> str:
    """What so many answerable questions can tell, said before anything is asked."""
    found = detectable(questions, max(1, approaches * (approaches - 1) // 2))
    if found is None:
        return f"{questions} answerable questions are too few to tell anything: ask at least 20 to 40."
    said = f"{questions} answerable questions show a difference of about {found:.2f} four times out of five"
    if questions >= FEW_QUESTIONS:
        return f"{said}; smaller ones may stay open."
    return f"{said}; smaller ones, which are usual, take 40 to 100 questions."


def about_manner(form: float | None, metric: str) -> list[str]:
    """Word overlap rewards the manner of the references, which training on them teaches first."""
    if form is None or form < FORM_MATTERS or metric != "token_f1":
        return []
    return [
        "Word overlap rewards manner too: an answer to another question, given in the same manner, would "
        f"score {form:.2f}, and repeating the question's words scores as well. Read some answers before you "
        "trust a lead."
    ]


def about_figures(summaries: Mapping[str, Any], leader: Mapping[str, Any] | None) -> list[str]:
    """Where another approach than the leader gets most numbers and codes right, that has to be said."""
    found = {name: entry["metrics"].get("figures_right") for name, entry in summaries.items()}
    counted = {name: value for name, value in found.items() if value and value["n"] >= FEWEST_FIGURES}
    if leader is None or leader["approach"] not in counted:
        return []
    first = leader["approach"]
    best = max(counted, key=lambda name: (counted[name]["mean"], name == first))
    if best == first:
        return []
    return [
        f"Numbers and codes tell another story: {NAMES[best]} gets {counted[best]['mean']:.0%} of them "
        f"right, {NAMES[first]} {counted[first]['mean']:.0%} (n = {counted[best]['n']} questions)."
    ]
