"""The one plain verdict on a training set: enough, thin or unusable, and why. Used by the report."""

from dataclasses import dataclass

from studio.training_sets.quality.kinds import WORTH_TRYING

LABELS_AT_MOST = 100
ROWS_A_LABEL = 20
# rules of thumb of those who sell fine-tuning: 10 at least, gains from 50-100, better above 1,000
FEWEST, COMFORTABLE = 10, 1_000
MUCH_CONTRADICTION = 0.2
MUCH_DAMAGE = 0.2
ONE_SIDED = 0.9


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on.

    `kept` rows of which `different` say something of their own, with `answers` different ones. Shares of all
    rows: `contradicting`, `damaged`, and `majority` that of the commonest answer where answers are labels.
    """

    kept: int
    different: int
    answers: int
    contradicting: float = 0.0
    damaged: float = 0.0
    majority: float = 0.0


def judge(found: Evidence) -> tuple[str, str]:
    """The verdict and its reason in words."""
    if found.kept < FEWEST:
        return "unusable", f"{found.kept} usable examples; at least {FEWEST} are needed to train at all."
    if found.answers == 1:
        return "unusable", "Every answer is the same: there is nothing to learn."
    doubt = _doubt(found)
    if doubt:
        return "thin", doubt
    more = "" if found.kept >= COMFORTABLE else f" More than {COMFORTABLE:,} usually do better."
    return "enough", f"{found.kept:,} usable examples with {found.answers:,} different answers.{more}"


def _doubt(found: Evidence) -> str:
    """The first reason to expect little; "" for none."""
    if found.contradicting > MUCH_CONTRADICTION:
        return f"{found.contradicting:.0%} of the rows contradict another row: settle these first."
    if found.damaged > MUCH_DAMAGE:
        return f"{found.damaged:.0%} of the rows have damaged letters: repair them, or export it as UTF-8."
    if found.kept < WORTH_TRYING:
        return (
            f"{found.kept} usable examples: a trial is possible, a gain is seldom seen "
            f"below about {WORTH_TRYING}; add {WORTH_TRYING - found.kept} or more."
        )
    if found.different < WORTH_TRYING:
        return f"{found.kept:,} usable examples, but only {found.different} of them are not nearly the same."
    if found.majority > ONE_SIDED:
        return f"{found.majority:.0%} of the answers are the same: add examples of the others."
    if found.answers <= LABELS_AT_MOST and found.kept < found.answers * ROWS_A_LABEL:
        return (
            f"{found.kept} usable examples for {found.answers} different answers: "
            f"aim at {ROWS_A_LABEL} for each."
        )
    return ""
