"""The one plain verdict on a training set: enough, thin or unusable, and why. Used by the report.

It is the gravest reason that holds, with its number and what to do first. Defects that a chosen remedy
settles do not count. All thresholds stand in RULES and the constants before it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.training_sets.quality.kinds import WORTH_TRYING

# rules of thumb of those who sell fine-tuning: 10 at least, gains from 50-100, better above 1,000
FEWEST, COMFORTABLE = 10, 1_000
# a judgement, not a measurement; the advice asks for as many of each label (advice/rules.toml)
ROWS_A_LABEL = 20
ONE_SIDED = 0.9
# as much text as WORTH_TRYING examples of fifty words, a question and a short paragraph, hold
FEWEST_WORDS = 5_000
MOSTLY = 0.5


class Rule(NamedTuple):
    """A defect that speaks against training when more than the share `above` of the rows show it.

    "`what` in 1 of 8 rows: `first`."
    """

    above: float
    what: str
    first: str


# one row in ten: from there on contradictions speak against training in the advice too (advice/rules.toml)
TOLERATED = 0.1
# a model repeats what it read once: a single key is one too many. A public contact address or a name among
# many rows is often meant to be learned; in one row of twenty it is a property of the set
RULES: dict[str, Rule] = {
    "secret": Rule(0.0, "A password or key", "mask them before training, and change the keys"),
    "empty_answer": Rule(TOLERATED, "No answer", "leave them out or answer them"),
    "empty_question": Rule(TOLERATED, "No question", "leave them out"),
    "unreadable": Rule(TOLERATED, "Unreadable cells", "look at how the file was read"),
    "contradiction": Rule(TOLERATED, "Contradictions", "settle these first"),
    "too_long": Rule(TOLERATED, "Too much text to be read whole", "shorten or leave them out first"),
    "html": Rule(TOLERATED, "HTML", "take the tags out first"),
    "broken_text": Rule(TOLERATED, "Damaged letters", "repair them, or export the file as UTF-8"),
    "special_token": Rule(TOLERATED, "Control words of models", "take these apart first"),
    # a quarter: sets of instructions hold tasks that one word answers, one in seven in a public one
    "one_word_answer": Rule(0.25, "Answers of one word among sentences", "look at these first"),
    "personal_data": Rule(0.05, "Personal data", "mask it or settle that you may train on it"),
}
FAULTS = frozenset(kind for kind, rule in RULES.items() if rule.above <= TOLERATED)
# a leaked question flatters a score by its share of those that measure; 5 points are about the sampling
# error of a share over 400 questions
LEAKED = 0.05
# of the sampled answers, at the lower end of the 95 % interval: judging support errs in some itself
UNSUPPORTED = 0.2


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on.

    `kept` of `total` rows remain, of which `different` say something of their own, with `answers` different
    ones; `labels`: these are labels. `open` are the rows of each defect that nothing settles, `faulty` those
    with any of FAULTS, `left_out` those that remedies drop. Shares: `majority` of the commonest answer where
    answers are labels, `leaked` of the questions that measure, `unsupported` of sampled answers (lower end).
    Of plain text: `words`, and `asking`, the share of texts that are questions.
    """

    kept: int
    total: int
    different: int
    answers: int
    labels: bool = False
    open: Mapping[str, int] = field(default_factory=dict)
    faulty: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    majority: float = 0.0
    leaked: float = 0.0
    unsupported: float = 0.0
    words: int | None = None
    asking: float = 0.0


def judge(found: Evidence) -> tuple[str, str]:
    """The verdict and its reason in words."""
    if found.kept < FEWEST:
        few = f"{_examples(found.kept)}; at least {FEWEST} are needed to train at all."
        return "unusable", few + _lost(found)
    if found.answers == 1:
        return "unusable", "Every answer is the same: there is nothing to learn."
    if found.asking > MOSTLY:
        asking = f"{found.asking:.0%} of the texts are questions without answers"
        return "unusable", f"{asking}: a model would learn to ask. Add the column of answers."
    doubt = next(_doubts(found), "")
    if doubt:
        return "thin", doubt
    more = "" if found.different >= COMFORTABLE else f" More than {COMFORTABLE:,} usually do better."
    return "enough", f"{_examples(found.kept)} with {found.answers:,} different answers.{more}"


def _doubts(found: Evidence) -> Iterator[str]:
    """Reasons to expect little, the gravest first."""
    yield from _defects(found)
    if found.leaked > LEAKED:
        yield (
            f"{found.leaked:.0%} of the questions held out for measuring are trained on: "
            "leave these rows out first, or every score flatters."
        )
    if found.unsupported > UNSUPPORTED:
        yield (
            f"At least {found.unsupported:.0%} of the answers are not supported by the chosen library: "
            "correct or leave them out first."
        )
    yield from _too_little(found)
    yield from _one_sided(found)


def _defects(found: Evidence) -> Iterator[str]:
    """The commonest defect that is above its share, else the commonest where all together are too many."""
    ranked = sorted((kind for kind in RULES if found.open.get(kind)), key=lambda kind: -found.open[kind])
    if found.open.get("secret"):
        ranked = ["secret", *(kind for kind in ranked if kind != "secret")]
    for kind in ranked:
        if found.open[kind] > RULES[kind].above * found.total:
            yield f"{_rows(found, kind)}: {RULES[kind].first}.{_together(found, kind)}"
    common = next((kind for kind in ranked if kind in FAULTS), None)
    if common and found.faulty > TOLERATED * found.total:
        whole = f"{found.faulty / found.total:.0%} of the rows would teach something wrong"
        yield f"{whole}. {_rows(found, common)}: {RULES[common].first}."


def _rows(found: Evidence, kind: str) -> str:
    """What is wrong and in how many rows, as a share where that says enough."""
    rows, share = found.open[kind], found.open[kind] / found.total
    many = f"{share:.0%} of the rows" if share >= TOLERATED else f"{rows:,} of {found.total:,} rows"
    return f"{RULES[kind].what} in {many}"


def _together(found: Evidence, kind: str) -> str:
    more = found.faulty - found.open[kind]
    return f" {more:,} more {'row has' if more == 1 else 'rows have'} other defects." if more > 0 else ""


def _too_little(found: Evidence) -> Iterator[str]:
    if found.kept < WORTH_TRYING:
        yield (
            f"{_examples(found.kept)}: a trial is possible, a gain is seldom seen "
            f"below about {WORTH_TRYING}; add {WORTH_TRYING - found.kept} or more.{_lost(found)}"
        )
    if found.different < WORTH_TRYING:
        yield f"{_examples(found.kept)}, but only {found.different} where near duplicates count once."
    if found.words is not None and found.words < FEWEST_WORDS:
        yield f"About {found.words:,} words of text in all: from some {FEWEST_WORDS:,} on a gain can be seen."


def _one_sided(found: Evidence) -> Iterator[str]:
    if found.majority > ONE_SIDED:
        yield f"{found.majority:.0%} of the answers are the same: add examples of the others."
    if found.labels and found.kept < found.answers * ROWS_A_LABEL:
        yield f"{_examples(found.kept)} for {found.answers} labels: aim at {ROWS_A_LABEL} for each."


def _lost(found: Evidence) -> str:
    """How many rows are left out, and mostly why."""
    gone = found.total - found.kept
    if gone <= 0 or not found.left_out:
        return ""
    most = max(found.left_out, key=lambda kind: found.left_out[kind])
    rows, reason = "row is" if gone == 1 else "rows are", most.replace("_", " ")
    return f" {gone:,} {rows} left out, the commonest reason: {reason} ({found.left_out[most]:,})."


def _examples(count: int) -> str:
    return f"{count:,} usable example{'' if count == 1 else 's'}"
