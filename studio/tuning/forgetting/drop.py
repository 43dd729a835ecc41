"""How much general ability went down, with its interval, in words. Pure; called where an adapter is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from studio.statistics import Difference, paired_difference

# with fewer right answers before training there is hardly anything that could be lost
ENOUGH_RIGHT = 8


FEW_BEFORE = "With so few right before, right answers cannot show a loss; their likelihood does."
CHANCE = "That fewer were right may be chance; that the right ones became less likely is not."
# a short plain answer is unlikely to one who has learned to answer at length, or always in one form
MANNER = "A new manner of answering counts there too: read the answers."


@dataclass(frozen=True)
class Asked:
    """What was answered to the general question `key`; `likelihood` of the right answer in nats a token."""

    key: str
    answer: str
    right: bool
    likelihood: float | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Drop:
    """`change` is the share of right answers after training minus before, `likelihood` the same of the mean
    log-likelihood of the right answers; below 0 something was lost. `lost` and `learned` are keys."""

    before: int
    after: int
    asked: int
    change: Difference
    likelihood: Difference
    lost: tuple[str, ...]
    learned: tuple[str, ...]

    @property
    def shown(self) -> bool:
        """Whether a loss is more than chance, by right answers or by likelihood."""
        return any(one.decided and (one.mean or 0.0) < 0 for one in (self.change, self.likelihood))

    @property
    def sentence(self) -> str:
        """For people, with intervals and, where little could be lost, that."""
        told = f"General questions right: {self.before} of {self.asked} before, {self.after} after"
        return f"{told}{_interval(self.change)}. {self._likely()} {self._conclusion()}".replace("  ", " ")

    def _likely(self) -> str:
        if self.likelihood.mean is None:
            return ""
        way = "less" if self.likelihood.mean < 0 else "more"
        amount = f"{abs(self.likelihood.mean):.2f} nats a token"
        return f"Plain right answers are {amount} {way} likely to it{_interval(self.likelihood)}."

    def _conclusion(self) -> str:
        few = self.before < ENOUGH_RIGHT
        if self.change.decided and (self.change.mean or 0.0) < 0:
            return "It has unlearned more than chance explains."
        if self.likelihood.decided and (self.likelihood.mean or 0.0) < 0:
            return f"{FEW_BEFORE if few else CHANCE} {MANNER}"
        if few:
            return "With so few right before there was little to lose: this says little."
        return "No loss is shown."


def drop(before: Sequence[Asked], after: Sequence[Asked]) -> Drop:
    """Both asked the same questions; those only one was asked are left out."""
    was = {one.key: one for one in before}
    pairs = [(was[one.key], one) for one in after if one.key in was]
    likely = [
        (old.likelihood, new.likelihood)
        for old, new in pairs
        if old.likelihood is not None and new.likelihood is not None
    ]
    return Drop(
        before=sum(old.right for old, _ in pairs),
        after=sum(new.right for _, new in pairs),
        asked=len(pairs),
        change=paired_difference(
            [float(new.right) for _, new in pairs], [float(old.right) for old, _ in pairs]
        ),
        likelihood=paired_difference([new for _, new in likely], [old for old, _ in likely]),
        lost=tuple(new.key for old, new in pairs if old.right and not new.right),
        learned=tuple(new.key for old, new in pairs if new.right and not old.right),
    )


def restored(stored: Sequence[Mapping[str, Any]]) -> list[Asked]:
    """From the database."""
    return [Asked(one["key"], one["answer"], bool(one["right"]), one.get("likelihood")) for one in stored]


def _interval(found: Difference) -> str:
    if found.mean is None or found.low is None or found.high is None:
        return ""
    return f" ({found.mean:+.2f}, 95 % interval {found.low:+.2f} to {found.high:+.2f})"
