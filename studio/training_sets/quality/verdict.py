"""The one plain verdict on a training set: enough, thin or unusable, and why. Used by the report."""

from studio.training_sets.quality.kinds import WORTH_TRYING

LABELS_AT_MOST = 100
ROWS_A_LABEL = 20
# rules of thumb of those who sell fine-tuning: 10 at least, gains from 50-100, better above 1,000
FEWEST, COMFORTABLE = 10, 1_000
MUCH_CONTRADICTION = 0.2


def judge(kept: int, answers: int, contradictions: float) -> tuple[str, str]:
    """The verdict and its reason in words; `answers` counts distinct ones."""
    if kept < FEWEST:
        return "unusable", f"{kept} usable examples; at least {FEWEST} are needed to train at all."
    if answers == 1:
        return "unusable", "Every answer is the same: there is nothing to learn."
    if contradictions > MUCH_CONTRADICTION:
        return "thin", f"{contradictions:.0%} of the rows contradict another row: settle these first."
    if kept < WORTH_TRYING:
        return "thin", (
            f"{kept} usable examples: a trial is possible, a gain is seldom seen "
            f"below about {WORTH_TRYING}; add {WORTH_TRYING - kept} or more."
        )
    if answers <= LABELS_AT_MOST and kept < answers * ROWS_A_LABEL:
        return (
            "thin",
            f"{kept} usable examples for {answers} different answers: aim at {ROWS_A_LABEL} for each.",
        )
    more = "" if kept >= COMFORTABLE else f" More than {COMFORTABLE:,} usually do better."
    return "enough", f"{kept:,} usable examples with {answers:,} different answers.{more}"
