"""Whether a candidate may replace what is in use, from what both answered. Pure; called by the check's job.

It may where the paired interval of the deciding score lies above zero and neither refusals nor answers given
got worse by more than chance. What was not shown is never taken for granted.
"""

from dataclasses import asdict, dataclass
from typing import Any

from studio.comparison.paired import Paired
from studio.comparison.verdict import METRIC_NAMES
from studio.statistics import TELLING, Difference

HARMS = {
    "refusals": "right refusals of questions that the documents do not answer",
    "answered": "questions that were answered at all",
}


@dataclass(frozen=True)
class Verdict:
    """`granted` or not, in one or two sentences, with the differences it follows from."""

    granted: bool
    sentence: str
    metric: str
    gain: dict[str, Any]
    refusals: dict[str, Any]
    answered: dict[str, Any]
    questions_needed: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def judge(found: Paired, former: str) -> Verdict:
    """`former` is what is in use, as people call it."""
    harm = _harm(found)
    granted = _better(found.gain) and not harm
    said = _gained(found, former)
    if _better(found.gain) and harm:
        said = f"{said} But it got worse elsewhere: {harm}"
    elif granted:
        said = f"{said} {_not_shown(found)}".strip()
    needed = None if found.gain.decided else found.gain.questions_needed
    differences = {name: asdict(getattr(found, name)) for name in ("gain", "refusals", "answered")}
    return Verdict(granted, said, found.metric, **differences, questions_needed=needed)


def _better(found: Difference) -> bool:
    return found.decided and found.n >= TELLING and (found.mean or 0.0) > 0


def _worse(found: Difference) -> bool:
    return found.decided and (found.mean or 0.0) < 0


def _gained(found: Paired, former: str) -> str:
    gain, metric = found.gain, METRIC_NAMES.get(found.metric, found.metric)
    if gain.mean is None:
        return "No answerable question was answered by both, so nothing can be said."
    over = f"{gain.n} question{'' if gain.n == 1 else 's'}"
    if gain.n < TELLING or gain.low is None or gain.high is None:
        return f"{over} are too few to tell anything; ask {TELLING} at the least, better 40 to 100."
    amount = f"{abs(gain.mean):.2f}"
    way = f"{amount} {'higher than' if gain.mean > 0 else 'lower than'}" if float(amount) else "as high as"
    said = (
        f"On {over} the {metric} is {way} that of {former} "
        f"(95 % interval of the difference {_signed(gain.low)} to {_signed(gain.high)})"
    )
    if _better(gain):
        return f"{said}: a gain beyond chance."
    if _worse(gain):
        return f"{said}: it is worse."
    needed = gain.questions_needed
    more = f"About {needed:,} questions would be needed to tell." if needed else "More questions may tell."
    return f"{said}: no gain is shown. {more}"


def _harm(found: Paired) -> str:
    """What got worse beyond chance, apart from the score that decides."""
    told = [
        f"{words} went down by {-(gap.mean or 0.0):.0%} (95 % interval {_signed(gap.low)} to "
        f"{_signed(gap.high)}, n = {gap.n})"
        for name, words in HARMS.items()
        if _worse(gap := getattr(found, name))
    ]
    return "; ".join(told) + "." if told else ""


def _not_shown(found: Paired) -> str:
    """A granted promotion says what it could not look at."""
    if not found.refusals.n:
        return "No question was unanswerable, so nothing is known about refusals."
    if found.refusals.low is None:
        return f"{found.refusals.n} unanswerable questions are too few to say anything about refusals."
    return ""


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}"
