"""What was found when an export was loaded again and asked what the adapter had been asked.

Written by the export's process, read by pages, commands and the export's own README.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any

# in logits: where the adapter itself prefers a token by so little, rounding may choose another
UNDECIDED = 0.1
FEWEST = 10


@dataclass(frozen=True)
class Verdict:
    """Of `prompts` answers `equal` are the same to the token; `undecided` of them were compared up to where
    the adapter itself wavered, the others to their end.

    `largest_difference` is the greatest distance between two logits over all `tokens` of the answers.
    """

    prompts: int
    equal: int
    undecided: int
    tokens: int
    largest_difference: float
    bit_equal: bool

    @property
    def enough(self) -> bool:
        """Whether there were enough answers to tell."""
        return self.prompts >= FEWEST

    def passed(self, *, exactly: bool) -> bool:
        """Whether the export speaks as the adapter did; `exactly` asks for equal bits."""
        return self.enough and (self.bit_equal if exactly else self.equal == self.prompts)

    @property
    def sentence(self) -> str:
        """For people, with its sample size."""
        if not self.enough:
            return f"The adapter answers only {self.prompts} of the prompts surely, and {FEWEST} are needed."
        said = f"Loaded again: {self.equal} of {self.prompts} answers equal"
        if self.bit_equal:
            return f"{said}, every number to the bit."
        waver = f" ({self.undecided} up to where the adapter itself wavered)" if self.undecided else ""
        return f"{said}{waver}; logits differ by at most {self.largest_difference:.2g}."

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def restored(stored: dict[str, Any]) -> Verdict | None:
    """From JSON; None where nothing was checked yet."""
    names = [field.name for field in fields(Verdict)]
    return Verdict(**{name: stored[name] for name in names}) if stored else None
