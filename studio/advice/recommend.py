"""From answers and signals to a recommendation in which every reason can be checked. Pure.

Used by pages, `advise`, decisions and pilot.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from studio.advice.answers import Answers
from studio.advice.figures import FIGURES
from studio.advice.flips import Flip, flips
from studio.advice.kinds import TITLES, kind_of, meaning_of
from studio.advice.missing import ExamplesNeeded, examples_needed, what_is_missing
from studio.advice.reasons import Reason, sides
from studio.advice.signals import Signals
from studio.advice.weighing import weigh

# a judgement from few clues stays below this many for full marks
CLUES_FOR_FULL_MARKS = 8
MOST_CONFIDENT = 0.95


@dataclass(frozen=True)
class Recommendation:
    """`confidence` is a judgement between 0 and 1 from margin and clues, not a probability.

    `kind` is the conclusion, or why it is "not yet" (kinds.NOT_YET).
    """

    conclusion: str
    kind: str
    title: str
    meaning: str
    confidence: float
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]
    missing: tuple[str, ...]
    examples_needed: ExamplesNeeded | None
    flips: tuple[Flip, ...]
    scores: dict[str, float]
    answers: dict[str, Any]
    signals: dict[str, Any]
    sample_sizes: dict[str, int]
    figures: dict[str, dict[str, str]]
    pilot: dict[str, Any] | None = None
    overturned: bool = False
    pilot_says: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "Recommendation":
        """From a kept decision."""
        needed = stored["examples_needed"]
        parts = {
            "reasons": tuple(map(Reason.restored, stored["reasons"])),
            "against": tuple(map(Reason.restored, stored["against"])),
            "missing": tuple(stored["missing"]),
            "flips": tuple(Flip(**flip) for flip in stored["flips"]),
            "examples_needed": needed and ExamplesNeeded(**needed),
        }
        return cls(**{**stored, **parts})


@dataclass(frozen=True)
class Verdict:
    """A conclusion, by how much it leads, and what a pilot measured for and against it.

    `piloted`: a pilot was run; `settled`: by it, and this is why where nothing is to be built.
    """

    conclusion: str
    margin: float
    reasons: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()
    piloted: bool = False
    settled: str = ""


Judge = Callable[[Answers, Signals], Verdict]


def recommend(answers: Answers, signals: Signals) -> Recommendation:
    """Conclude from what is known; knows nothing → not yet."""
    return derive(answers, signals, judge_by_rules)


def judge_by_rules(answers: Answers, signals: Signals) -> Verdict:
    weighed = weigh(answers, signals)
    return Verdict(weighed.conclusion, weighed.margin)


def derive(answers: Answers, signals: Signals, judge: Judge) -> Recommendation:
    """Everything that follows from the verdict: reasons, confidence, what is missing, what would flip it."""
    weighed, verdict = weigh(answers, signals), judge(answers, signals)
    found, others = sides(verdict.conclusion, weighed, answers, signals)
    reasons, against = (*verdict.reasons, *found), (*verdict.against, *others)
    cited = {key for reason in (*reasons, *against) for key in reason.figures}
    kind = kind_of(verdict.conclusion, weighed, verdict.settled)
    # a pilot with passages had documents, chosen here or not
    without_documents = signals.documents == 0 or (signals.documents is None and not verdict.piloted)
    return Recommendation(
        conclusion=verdict.conclusion,
        kind=kind,
        title=TITLES[kind],
        meaning=meaning_of(kind, without_documents),
        confidence=_confidence(verdict.margin, len(reasons) + len(against)),
        reasons=reasons,
        against=against,
        missing=what_is_missing(kind, answers, signals, verdict.piloted),
        examples_needed=examples_needed(signals),
        flips=flips(answers, signals, judge),
        scores={conclusion: round(score, 3) for conclusion, score in weighed.scores.items()},
        answers=answers.as_dict(),
        signals=signals.as_dict(),
        sample_sizes=dict(signals.sample_sizes),
        figures={key: figure.as_dict() for key, figure in FIGURES.items() if key in cited},
    )


def _confidence(margin: float, known: int) -> float:
    clues = min(1.0, known / CLUES_FOR_FULL_MARKS)
    lead = max(0.0, margin) / (max(0.0, margin) + 2)
    return round(min(MOST_CONFIDENT, 0.2 + 0.5 * lead + 0.3 * clues), 2)
