"""Which approach leads, whether that is more than chance, and a sentence about it. Pure; called by report."""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.comparison.approaches import APPROACHES

NAMES = {
    "base": "Base",
    "rag": "RAG",
    "fine-tuned": "Fine-tuned",
    "rag+fine-tuned": "RAG + fine-tuned",
}
METRIC_NAMES = {"token_f1": "word overlap (token F1)", "exact_match": "exact match"}

Summaries = Mapping[str, Mapping[str, Any]]
Differences = Sequence[Mapping[str, Any]]


def find_leader(summaries: Summaries, differences: Differences, metric: str) -> dict[str, Any] | None:
    """The best mean, those it is not shown to beat, and the simplest of these as what to choose.

    `decided` when the base model is shown to be beaten, or beats all others. None without scores.
    """
    ranked = _ranked(summaries, metric)
    if not ranked:
        return None
    best, rest = ranked[0], ranked[1:]
    against = {other: between(differences, metric, best, other) for other in rest}
    beaten = [other for other, found in against.items() if found and found["decided"]]
    equals = [other for other in rest if other not in beaten]
    decided = bool(rest) and (not equals if best == "base" or "base" not in rest else "base" in beaten)
    nearest = against.get(equals[0] if equals else rest[0]) if rest else None
    return {
        "approach": best,
        "choose": min([best, *equals], key=APPROACHES.index),
        "beats": beaten,
        "not_shown_to_beat": equals,
        "decided": decided,
        "questions_needed": nearest["questions_needed"] if nearest else None,
    }


def between(differences: Differences, metric: str, a: str, b: str) -> dict[str, Any] | None:
    """The stored difference turned so that it says a minus b."""
    for found in differences:
        if found["metric"] == metric and {found["a"], found["b"]} == {a, b}:
            return dict(found) if found["a"] == a else _turned(found)
    return None


def headline(
    summaries: Summaries, differences: Differences, metric: str, leader: Mapping[str, Any] | None
) -> str:
    """Who leads, by how much over whom, whether the interval excludes 0, and on how many questions."""
    if leader is None:
        return "Nothing has been scored yet."
    best = leader["approach"]
    found = summaries[best]["metrics"][metric]
    said = f"{NAMES[best]} has the highest {METRIC_NAMES[metric]}: {found['mean']:.2f} (n = {found['n']})"
    other = "base" if best != "base" and "base" in summaries else _runner_up(summaries, metric, best)
    gap = between(differences, metric, best, other) if other else None
    if other is None or gap is None or gap["low"] is None:
        return f"{said}. There is nothing to compare it with."
    said += f", {gap['mean']:.2f} above {NAMES[other]} (95 % interval {gap['low']:.2f} to {gap['high']:.2f})"
    if not gap["decided"]:
        needed = gap["questions_needed"]
        more = f"; about {needed:,} questions would be needed to tell" if needed else ""
        return f"{said}: no difference shown{more}."
    equals = [NAMES[name] for name in leader["not_shown_to_beat"] if name != other]
    also = f" It is not shown to beat {' or '.join(equals)}." if equals else ""
    return f"{said}: more than chance.{also}"


def _ranked(summaries: Summaries, metric: str) -> list[str]:
    scored = [name for name in APPROACHES if metric in summaries.get(name, {}).get("metrics", {})]
    return sorted(scored, key=lambda name: -summaries[name]["metrics"][metric]["mean"])


def _runner_up(summaries: Summaries, metric: str, best: str) -> str | None:
    return next((name for name in _ranked(summaries, metric) if name != best), None)


def _turned(found: Mapping[str, Any]) -> dict[str, Any]:
    def minus(value: float | None) -> float | None:
        return None if value is None else -value

    return {
        **found,
        "a": found["b"],
        "b": found["a"],
        "mean": minus(found["mean"]),
        "low": minus(found["high"]),
        "high": minus(found["low"]),
    }
