"""Which approach leads, whether that is more than chance, and a sentence about it. Pure; called by report."""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.approaches import COMPETING, NAMES
from studio.statistics import TELLING

METRIC_NAMES = {
    "content_f1": "overlap of telling words (content F1)",
    "token_f1": "word overlap (token F1)",
    "exact_match": "exact match",
}
ADVISED = "20 to 40"

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
    beaten = [other for other, found in against.items() if found and found["decided"] and found["mean"] > 0]
    equals = [other for other in rest if other not in beaten]
    decided = bool(rest) and (not equals if best == "base" or "base" not in rest else "base" in beaten)
    nearest = against.get(equals[0] if equals else rest[0]) if rest else None
    return {
        "approach": best,
        "choose": min([best, *equals], key=COMPETING.index),
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
    """Who leads, by how much over the runner-up and the base model, how sure, and on how many questions."""
    if leader is None:
        return "Nothing has been scored yet."
    best = leader["approach"]
    found = summaries[best]["metrics"][metric]
    ranked = _ranked(summaries, metric)
    if len(ranked) > 1 and _same(summaries, ranked, metric):
        return (
            f"All approaches score the same ({METRIC_NAMES[metric]} {found['mean']:.2f}, n = {found['n']}): "
            "these questions do not tell them apart."
        )
    gaps = _named_gaps(ranked, differences, metric)
    beaten = [gap["b"] for gap in gaps if gap["b"] in leader["beats"]]
    leads = bool(gaps) and gaps[0]["b"] in beaten
    verb = "leads by" if leads else "has the highest"
    said = f"{NAMES[best]} {verb} {METRIC_NAMES[metric]}: {found['mean']:.2f} (n = {found['n']})"
    if not gaps:
        return f"{said}. There is nothing to compare it with."
    return f"{said}, {' and '.join(map(_gap, gaps))}{_verdict(gaps, beaten, leader['not_shown_to_beat'])}"


def _same(summaries: Summaries, ranked: Sequence[str], metric: str) -> bool:
    means = [summaries[name]["metrics"][metric]["mean"] for name in ranked]
    return bool(max(means) - min(means) < 1e-9)


def _named_gaps(ranked: Sequence[str], differences: Differences, metric: str) -> list[dict[str, Any]]:
    """The leader's lead over the runner-up and, where that is another, over the base model."""
    others = list(dict.fromkeys([*ranked[1:2], *(name for name in ranked[1:] if name == "base")]))
    found = [between(differences, metric, ranked[0], other) for other in others]
    return [gap for gap in found if gap is not None]


def _name(approach: str) -> str:
    return "the base model" if approach == "base" else NAMES[approach]


def _gap(gap: Mapping[str, Any]) -> str:
    """`0.05 above Fine-tuned (95 % interval 0.01 to 0.09)`."""
    amount = f"{abs(gap['mean']):.2f}"
    words = f"{amount} {'above' if gap['mean'] > 0 else 'below'}" if float(amount) else "level with"
    said = f"{words} {_name(gap['b'])}"
    if gap["low"] is None:
        return said
    return f"{said} (95 % interval {gap['low']:.2f} to {gap['high']:.2f})"


def _verdict(gaps: Sequence[Mapping[str, Any]], beaten: Sequence[str], equals: Sequence[str]) -> str:
    """What of that is more than chance."""
    if not beaten:
        return f": no difference shown{_more(gaps[0])}."
    if not equals:
        return ": more than chance."
    names = " or ".join(map(_name, equals))
    shown = " and ".join(map(_name, beaten))
    nearest = next((gap for gap in gaps if gap["b"] in equals), {"n": TELLING})
    return f". It beats {shown} by more than chance; it is not shown to beat {names}{_more(nearest)}."


def _more(gap: Mapping[str, Any]) -> str:
    """How many questions would tell; with very few there is nothing to reckon it from."""
    if gap["n"] < TELLING:
        return f"; {gap['n']} questions are too few to tell, ask at least {ADVISED}"
    needed = gap.get("questions_needed")
    return f"; about {needed:,} questions would be needed to tell" if needed else ""


def _ranked(summaries: Summaries, metric: str) -> list[str]:
    scored = [name for name in COMPETING if metric in summaries.get(name, {}).get("metrics", {})]
    return sorted(scored, key=lambda name: -summaries[name]["metrics"][metric]["mean"])


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
