"""Derives the recommendation again from a finished comparison. Pure; used by the advice page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from studio.advice.answers import Answers
from studio.advice.kinds import LOOKUP, PROMPTING
from studio.advice.reasons import Reason
from studio.advice.recommend import Recommendation, Verdict, derive
from studio.advice.rule import Rule
from studio.advice.signals import Signals
from studio.advice.weighing import Weighed, weigh
from studio.approaches import NAMES, in_order
from studio.comparison.verdict import METRIC_NAMES, find_leader
from studio.statistics import TELLING

CONCLUSION_OF = {
    "base": "not yet",
    "rag": "rag",
    "fine-tuned": "fine-tune",
    "rag+fine-tuned": "rag+fine-tune",
}
APPROACH_OF = {conclusion: approach for approach, conclusion in CONCLUSION_OF.items()}
# a measurement of the whole outweighs any single rule
WEIGHT = 5.0
# a lookup that is right less often is of no use, whatever the models score
USEFUL = 0.5


def after_pilot(first: Recommendation, report: Mapping[str, Any]) -> Recommendation:
    """Follow the pilot where it decided something and what people said allows it; say what it overturns."""
    if not report.get("leader"):
        return replace(first, pilot=dict(report), pilot_says="The pilot has no answers to compare yet.")
    answers, signals = Answers(**first.answers), Signals(**first.signals, sample_sizes=first.sample_sizes)
    pilot = Pilot(report)
    found = derive(answers, signals, pilot.judge)
    return replace(
        found,
        pilot=dict(report),
        overturned=found.conclusion != first.conclusion,
        pilot_says=_says(first, found, pilot, pilot.barring(answers, signals)),
    )


@dataclass(frozen=True)
class Pilot:
    """A finished comparison with a leader, as a judge of answers and signals."""

    report: Mapping[str, Any]

    @property
    def leader(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.report["leader"]
        return found

    @property
    def metric(self) -> str:
        """The score that decides."""
        return str(self.report.get("metric", ""))

    @property
    def choice(self) -> str:
        """The simplest approach that none is shown to beat."""
        return str(self.leader["choose"])

    def judge(self, answers: Answers, signals: Signals) -> Verdict:
        weighed = weigh(answers, signals)
        if not self.leader["decided"]:
            return Verdict(weighed.conclusion, weighed.margin, piloted=True)
        approach = self._allowed_choice(weighed)
        if self.lookup_is_enough(signals, approach):
            both = (self._looked_up(signals), self._measured(approach))
            return Verdict("not yet", WEIGHT, reasons=both, piloted=True, settled=LOOKUP)
        conclusion = CONCLUSION_OF[approach]
        scores = weighed.scores
        barred = approach != self.choice
        others = [score for name, score in scores.items() if name in weighed.allowed and name != conclusion]
        return Verdict(
            conclusion,
            scores[conclusion] + (0.0 if barred else WEIGHT) - max(others),
            reasons=(self._measured(approach),),
            against=(self._measured(self.choice),) if barred else (),
            piloted=True,
            settled=PROMPTING,
        )

    def lookup_is_enough(self, signals: Signals, approach: str) -> bool:
        """Whether copied answers score at least as high as this approach, each over enough questions."""
        found, lookup = self._scores_of(approach), self._lookup(signals)
        if not found or lookup["metric"] != self.metric or lookup["mean"] is None:
            return False
        enough = min(int(lookup["n"]), int(found.get("n", 0))) >= TELLING
        return enough and lookup["mean"] >= USEFUL and bool(lookup["mean"] >= found["mean"])

    def _lookup(self, signals: Signals) -> Mapping[str, Any]:
        """The pilot's own, by the same score on the same questions. A comparison that was made by hand has
        none: then what was measured before counts, a mean over questions that may be others."""
        own: Mapping[str, Any] | None = self.report.get("lookup")
        asked = signals.sample_sizes.get("nearest_neighbour", 0)
        return own or {"metric": self.metric, "mean": signals.nearest_neighbour, "n": asked}

    def barring(self, answers: Answers, signals: Signals) -> Rule | None:
        """The rule that rules the pilot's choice out; None when it may be followed."""
        return next((rule for rule in weigh(answers, signals).rules if self.choice in rule.rules_out), None)

    def _allowed_choice(self, weighed: Weighed) -> str:
        """The pilot's choice, or the best measured of what no rule rules out."""
        ruled_out = {approach for rule in weighed.rules for approach in rule.rules_out}
        if self.choice not in ruled_out:
            return self.choice
        left = {name: entry for name, entry in self._approaches().items() if name not in ruled_out}
        best = find_leader(left, self.report.get("differences", ()), self.metric)
        at_first = APPROACH_OF[weighed.conclusion]
        if best is None or (len(left) > 1 and not best["decided"] and at_first in left):
            return at_first
        return str(best["choose"])

    def _measured(self, approach: str) -> Reason:
        scored = dict(self._scored())
        figures = ", ".join(f"{NAMES[name]} {mean:.2f}" for name, mean in scored.items())
        metric = METRIC_NAMES.get(self.metric, self.metric)
        text = f"The pilot measured on your own questions, {metric}: {figures}." if figures else ""
        return Reason(
            rule="pilot",
            text=text or str(self.report["headline"]),
            signal="pilot",
            value=scored.get(approach, NAMES[approach]),
            weight=WEIGHT,
            source="measurement",
            kind="measurement",
            n=self.report.get("questions"),
        )

    def _looked_up(self, signals: Signals) -> Reason:
        lookup = self._lookup(signals)
        return Reason(
            rule="lookup-is-enough",
            text="Copying the answer of the nearest example scores as high as any: you need no model.",
            signal="nearest_neighbour",
            value=lookup["mean"],
            weight=WEIGHT,
            source="measurement",
            kind="measurement",
            n=lookup["n"],
        )

    def _scored(self) -> Iterator[tuple[str, float]]:
        for name in in_order(self._approaches()):
            found = self._scores_of(name)
            if found:
                yield name, found["mean"]

    def _scores_of(self, approach: str) -> Mapping[str, Any] | None:
        entry: Mapping[str, Any] = self._approaches().get(approach, {})
        found: Mapping[str, Any] | None = entry.get("metrics", {}).get(self.metric)
        return found

    def _approaches(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.report.get("approaches", {})
        return found


def _says(first: Recommendation, found: Recommendation, pilot: Pilot, barring: Rule | None) -> str:
    now = found.conclusion
    if not pilot.leader["decided"]:
        needed = pilot.leader.get("questions_needed")
        more = f" About {needed:,} questions would be needed to tell." if needed else ""
        return f"The pilot shows no difference between the approaches.{more} The first recommendation stands."
    verb = "confirms" if now == first.conclusion else "overturns"
    if found.kind == LOOKUP:
        return (
            f"A nearest-neighbour lookup answers as well ({found.reasons[0].value:.2f}): you need no model. "
            f"That {verb} the first recommendation ({first.conclusion}). {pilot.report['headline']}"
        )
    if barring:
        chosen, best = NAMES[pilot.choice], NAMES[APPROACH_OF[now]]
        stands = "which was recommended at first"
        if now != first.conclusion:
            stands = f"instead of {first.conclusion} as at first"
        return (
            f"The pilot would choose {chosen}, but that is ruled out. {barring.text} "
            f"So the best allowed approach is taken: {best}, {stands}. {pilot.report['headline']}"
        )
    return f"{_outcome(verb, first.conclusion, pilot)} {pilot.report['headline']}"


def _outcome(verb: str, at_first: str, pilot: Pilot) -> str:
    """The best mean alone confirms: an equal that was taken for being simpler is only not beaten."""
    if pilot.leader["approach"] == pilot.choice:
        return f"The pilot {verb} the first recommendation ({at_first})."
    verb = "does not overturn" if verb == "confirms" else verb
    why = f"{NAMES[pilot.choice]} is the simplest approach that none is shown to beat"
    return f"The pilot {verb} the first recommendation ({at_first}): {why}."
