"""Names of what is measured, and each paired difference in plain words. Pure text."""

from collections.abc import Sequence
from typing import Any

from studio.approaches import NAMES
from studio.statistics import TELLING

# metric -> (what the axis says, what a button or a column says)
METRICS = {
    "content_f1": (
        "Overlap with the reference in words that tell it from others (content F1)",
        "Telling words",
    ),
    "token_f1": ("Word overlap with the reference answer (token F1)", "Word overlap"),
    "exact_match": ("Share of answers exactly like the reference", "Exact match"),
    "label_right": ("Share of answers that name the right label and no other", "Label right"),
    "citations_right": ("Share of the sources an answer names that do support it", "Citations right"),
    "log_likelihood": (
        "How likely the model held the reference's beginning (log-likelihood, nats a token; never decides)",
        "Likelihood",
    ),
    "judged": ("How often a judge preferred its answer to another one (it never decides)", "Judge prefers"),
    "rouge_l": ("Longest common run of words with the reference (ROUGE-L)", "Word order"),
    "supported": ("Share of sentences that a passage found supports", "Sentences supported"),
    "similarity": ("Similarity of meaning to the reference answer", "Similar meaning"),
    "figures_right": ("Share of the reference's numbers and codes in the answer", "Figures right"),
    "refusal_right": ("Share of unanswerable questions rightly refused", "Rightly refused"),
    "answered": ("Share of answerable questions that got an answer", "Answered"),
    "passage_found": ("Share of questions whose document was found", "Document found"),
}
SHARES = (
    "supported",
    "citations_right",
    "label_right",
    "judged",
    "exact_match",
    "figures_right",
    "refusal_right",
    "answered",
    "passage_found",
)


def long_name(metric: str) -> str:
    return METRICS[metric][0] if metric in METRICS else short_name(metric)


def short_name(metric: str) -> str:
    return METRICS[metric][1] if metric in METRICS else metric.replace("_", " ").capitalize()


def shown(metric: str, value: float | None) -> str:
    """A score as people read it."""
    if value is None:
        return "–"
    return f"{value:.0%}" if metric in SHARES else f"{value:.2f}"


def difference_sentence(difference: dict[str, Any]) -> str:
    """`RAG scores 0.21 more than Base model (95 % interval 0.12 to 0.30).`"""
    found = _turned(difference) if (difference["mean"] or 0) < 0 else difference
    a, b = NAMES[found["a"]], NAMES[found["b"]]
    if found["low"] is None:
        return f"{a} and {b}: too few questions to tell. Ask at least 20 to 40."
    mean, low, high = (_amount(found["metric"], found[key]) for key in ("mean", "low", "high"))
    if found["decided"]:
        return f"{a} scores {mean} more than {b} (95 % interval {low} to {high})."
    if found.get("n", TELLING) < TELLING:
        return f"{a} and {b}: no difference shown ({mean}): {found['n']} questions are too few to tell."
    needed = found.get("questions_needed")
    more = f" About {needed:,} questions would be needed to tell." if needed else ""
    return f"{a} and {b}: no difference shown ({mean}, 95 % interval {low} to {high}).{more}"


def plot_caption(rows: Sequence[dict[str, Any]], form: float | None) -> str:
    """How to read the plot; `form` is where its dashed line stands."""
    said = f"Each mark is the mean over n = {max((row['n'] for row in rows), default=0)} questions"
    said += (
        ", the bar its 95 % bootstrap interval."
        if any(row["low"] is not None for row in rows)
        else ": too few for an interval."
    )
    if form is None:
        return said
    return (
        f"{said} Dashed line ({form:.2f}): what the right manner scores with an answer to another question."
    )


def _turned(difference: dict[str, Any]) -> dict[str, Any]:
    """b minus a instead of a minus b."""
    mean, low, high = (
        None if (value := difference[key]) is None else -value for key in ("mean", "high", "low")
    )
    return {**difference, "a": difference["b"], "b": difference["a"], "mean": mean, "low": low, "high": high}


def _amount(metric: str, value: float) -> str:
    said = f"{value * 100:.0f} points" if metric in SHARES else f"{value:.2f}"
    return said.replace("-", "−")
