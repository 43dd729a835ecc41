"""Derives the recommendation again from a finished comparison. Pure; used by pages and `advise --pilot`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from studio.advice.recommend import MEANINGS, Recommendation

CONCLUSION_OF = {
    "base": "not yet",
    "rag": "rag",
    "fine-tuned": "fine-tune",
    "rag+fine-tuned": "rag+fine-tune",
}


def after_pilot(first: Recommendation, report: Mapping[str, Any]) -> Recommendation:
    """Follow the pilot where it decided something; say so when that overturns the first recommendation."""
    leader = report.get("leader")
    if not leader:
        return replace(first, pilot=dict(report), pilot_says="The pilot has no answers to compare yet.")
    if not leader["decided"]:
        needed = leader.get("questions_needed")
        more = f" About {needed:,} questions would be needed to tell." if needed else ""
        says = f"The pilot shows no difference between the approaches.{more} The first recommendation stands."
        return replace(first, pilot=dict(report), pilot_says=says)
    proven = CONCLUSION_OF[leader["choose"]]
    overturned = proven != first.conclusion
    verb = "overturns" if overturned else "confirms"
    return replace(
        first,
        conclusion=proven,
        meaning=MEANINGS[proven],
        pilot=dict(report),
        overturned=overturned,
        pilot_says=f"The pilot {verb} the first recommendation ({first.conclusion}). {report['headline']}",
    )
