"""What each way costs on this host: building, an answer, upkeep. Pure; used by the page and `advise`.

Training times come from the estimate of runs, seconds for an answer from what was measured.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from studio.tuning.estimate import duration

WAYS = ("not yet", "rag", "fine-tune", "rag+fine-tune")
WITH_PASSAGES = ("rag", "rag+fine-tune")
CHANGES_A_YEAR = {"never": 0, "yearly": 1, "monthly": 12, "weekly": 52, "daily": 365}
# four passages of about 128 tokens with their titles, in each prompt of an adapter that reads passages
PASSAGE_TOKENS = 600


@dataclass(frozen=True)
class Facts:
    """What is known of this host and these data; None where it is not. Training is an estimate.

    `answer_seconds` of each way, as far as they were measured.
    """

    documents: int | None = None
    examples: int | None = None
    training_seconds: float | None = None
    tokens_an_example: float | None = None
    answer_seconds: Mapping[str, float] = field(default_factory=dict)
    facts_change: str | None = None


@dataclass(frozen=True)
class Cost:
    """One way: what building it takes, how long an answer takes, and what keeps it true."""

    way: str
    build: str
    answer: str
    upkeep: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def costs(facts: Facts) -> tuple[Cost, ...]:
    """The simplest first."""
    answer = {way: _answer(facts.answer_seconds.get(way)) for way in WAYS}
    trained, both = facts.training_seconds, _with_passages(facts)
    gather = "" if facts.documents else "Gather documents. "
    search = f"{gather}Reading them takes minutes, no training."
    return (
        Cost("not yet", "Nothing to build.", answer["not yet"], "None."),
        Cost("rag", search, answer["rag"], "A changed document is read again in about a minute."),
        Cost("fine-tune", _training(facts, trained), answer["fine-tune"], _again(facts, trained)),
        Cost("rag+fine-tune", _training(facts, both), answer["rag+fine-tune"], _facts_apart(facts, both)),
    )


def _with_passages(facts: Facts) -> float | None:
    """Longer prompts train longer."""
    if facts.training_seconds is None or not facts.tokens_an_example:
        return None
    return facts.training_seconds * (facts.tokens_an_example + PASSAGE_TOKENS) / facts.tokens_an_example


def _training(facts: Facts, seconds: float | None) -> str:
    if not facts.examples:
        return "Gather examples first: 100 for a trial, 1,000 to be comfortable."
    if seconds is None:
        return "Training time is known after a first run on this host."
    return f"Training takes about {duration(seconds)} here (an estimate)."


def _again(facts: Facts, seconds: float | None) -> str:
    changes = CHANGES_A_YEAR.get(facts.facts_change or "")
    if changes is None:
        return "Each change of the facts means training again."
    if not changes:
        return "None while the facts stay as they are."
    total = f", about {duration(seconds * changes)} of this host" if seconds is not None else ""
    return f"{changes} trainings a year{total}: each change of the facts means one."


def _facts_apart(facts: Facts, seconds: float | None) -> str:
    one = f" ({duration(seconds)})" if seconds is not None and facts.examples else ""
    return f"Facts as with RAG; training again{one} only when the form changes."


def _answer(seconds: float | None) -> str:
    return "Not measured yet." if seconds is None else f"About {seconds:.1f} s, measured here."
