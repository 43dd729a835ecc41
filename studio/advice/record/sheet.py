"""A decision as a sheet: headings, sentences and tables of plain text. Pure; written as HTML or Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.advice.answers import QUESTIONS
from studio.advice.kinds import TITLES
from studio.advice.signals import SHARES, SIGNAL_TEXTS
from studio.approaches import NAMES, in_order
from studio.comparison.verdict import METRIC_NAMES

Cells = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A heading, sentences, and a table whose first row names its columns; any of them may be empty."""

    title: str
    sentences: tuple[str, ...] = ()
    table: tuple[Cells, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A record from its title to its last table; `parts` without sentences or rows are left out."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Kept:
    """A decision as it was kept: `found` as Recommendation.as_dict() gives it, `basis` as state_of does."""

    number: int
    when: str
    who: str
    found: Mapping[str, Any]
    basis: Mapping[str, Any]


def sheet_of(kept: Kept, since: Sequence[str] = ()) -> Sheet:
    """The whole record; `since` says what has changed after it was kept."""
    found = kept.found
    parts = (
        _conclusion(kept),
        Part("Since then", tuple(since)),
        _data(kept.basis),
        _reasons("What speaks for it", found["reasons"]),
        _reasons("What speaks against it", found["against"]),
        Part("What would make this firmer", tuple(found["missing"])),
        _pilot(found.get("pilot")),
        _differences(found.get("pilot")),
        _signals(found),
        _answers(found["answers"]),
        Part("What would change it", tuple(flip["text"] for flip in found["flips"])),
        _figures(found["figures"]),
    )
    title = f"Decision {kept.number}: {_title(found)}"
    return Sheet(title, tuple(part for part in parts if part.sentences or len(part.table) > 1))


def shown(key: str, value: Any) -> str:
    """A value as people read it: shares in per cent, counts with thousands, answers by their label."""
    labels = {(question.key, answer): label for question in QUESTIONS for answer, label in question.options}
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return labels.get((key, value), "yes" if value else "no").lower()
    if isinstance(value, int | float):
        return f"{value:.0%}" if key in SHARES else f"{value:,.2f}".rstrip("0").rstrip(".")
    return labels.get((key, value), str(value))


def _title(found: Mapping[str, Any]) -> str:
    return str(found.get("title") or TITLES[found["conclusion"]])


def _conclusion(kept: Kept) -> Part:
    found = kept.found
    clues = len(found["reasons"]) + len(found["against"])
    said = [
        str(found.get("meaning") or ""),
        str(found.get("pilot_says") or ""),
        f"Confidence {found['confidence']:.0%}: a judgement from {clues} clues, not a probability.",
        f"Kept on {kept.when} by {kept.who}.",
    ]
    return Part("Conclusion", tuple(sentence for sentence in said if sentence))


def _data(basis: Mapping[str, Any]) -> Part:
    rows = [(what.capitalize(), s["name"], s["size"], s["sha256"]) for what, s in basis.items()]
    return Part("The data it rests on", (), (("What", "Name", "Size", "SHA-256"), *rows))


def _reasons(title: str, reasons: Iterable[Mapping[str, Any]]) -> Part:
    rows = [
        (
            f"{reason['weight']:g}",
            reason["text"],
            f"{'answered' if reason['kind'] == 'answer' else 'measured'}: {_value(reason)}",
            reason["source"],
            reason["rule"],
        )
        for reason in reasons
    ]
    return Part(title, (), (("Weight", "Reason", "Because", "Source", "Rule"), *rows))


def _value(reason: Mapping[str, Any]) -> str:
    said = shown(reason["signal"], reason["value"])
    return f"{said} (n = {reason['n']:,})" if reason.get("n") else said


def _signals(found: Mapping[str, Any]) -> Part:
    sizes = found.get("sample_sizes", {})
    rows = [
        (SIGNAL_TEXTS.get(key, key), shown(key, value), f"{sizes[key]:,}" if sizes.get(key) else "–")
        for key, value in found["signals"].items()
        if value is not None
    ]
    return Part("What was measured", (), (("What", "Value", "n"), *rows))


def _answers(answers: Mapping[str, Any]) -> Part:
    texts = {question.key: question.text for question in QUESTIONS}
    rows = [(texts.get(key, key), shown(key, value)) for key, value in answers.items() if value is not None]
    return Part("What was answered", (), (("Question", "Answer"), *rows))


def _pilot(pilot: Mapping[str, Any] | None) -> Part:
    if not pilot:
        return Part("Proof", ("No comparison was made: this rests on clues alone.",))
    metric = pilot["metric"]
    rows = [
        (NAMES[name], _interval(entry["metrics"].get(metric)), _seconds(entry))
        for name in in_order(pilot["approaches"])
        for entry in [pilot["approaches"][name]]
    ]
    said = [str(pilot["headline"]), *pilot.get("notes", ()), str(pilot.get("curve_says") or "")]
    heads = ("Approach", f"{METRIC_NAMES.get(metric, metric)}, mean [95 %]", "Seconds an answer")
    return Part("Proof", tuple(sentence for sentence in said if sentence), (heads, *rows))


def _differences(pilot: Mapping[str, Any] | None) -> Part:
    found = [one for one in (pilot or {}).get("differences", ()) if one["metric"] == (pilot or {})["metric"]]
    rows = [tuple(_difference(one)) for one in found]
    heads = ("Difference", "Mean [95 %]", "n", "p (Holm)", "Shown?")
    return Part("Differences on the same questions", (), (heads, *rows))


def _difference(one: Mapping[str, Any]) -> Iterator[str]:
    yield f"{NAMES.get(one['a'], one['a'])} minus {NAMES.get(one['b'], one['b'])}"
    yield _interval(one)
    yield str(one["n"])
    yield "–" if one.get("p_adjusted") is None else f"{one['p_adjusted']:.4f}"
    needed = one.get("questions_needed")
    yield "yes" if one["decided"] else f"no; about {needed:,} questions needed" if needed else "no"


def _figures(figures: Mapping[str, Mapping[str, str]]) -> Part:
    rows = [(f["finding"], f["figures"], f["scope"], f["source"]) for f in figures.values()]
    return Part("Published figures", (), (("Finding", "Figures", "Holds for", "Source"), *rows))


def _interval(score: Mapping[str, Any] | None) -> str:
    if score is None or score.get("mean") is None:
        return "–"
    if score.get("low") is None:
        return f"{score['mean']:.2f}"
    return f"{score['mean']:.2f} [{score['low']:.2f}, {score['high']:.2f}]"


def _seconds(entry: Mapping[str, Any]) -> str:
    seconds = entry.get("seconds_per_answer")
    return "–" if seconds is None else f"{seconds:.1f}"
