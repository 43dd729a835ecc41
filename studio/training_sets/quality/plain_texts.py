"""What is told of texts without a question. Called by looking."""

import re

from studio.training_sets.quality.kinds import WORTH_TRYING
from studio.training_sets.quality.wording import count_words

_DIGITS, _QUESTION_MARKS = re.compile(r"\d+"), ("?", "？", "؟", ";")


class PlainTexts:
    """How many there are, their words, and how many ask something."""

    def __init__(self) -> None:
        self.count, self.words, self.asking = 0, 0, 0
        self._frames: set[str] = set()

    def add(self, text: str, bare: str) -> None:
        self.count, self.words = self.count + 1, self.words + count_words(text)
        self.asking += text.rstrip().endswith(_QUESTION_MARKS)
        if len(self._frames) < WORTH_TRYING:
            self._frames.add(_DIGITS.sub("0", bare))

    @property
    def kinds(self) -> int:
        """Texts that differ in more than figures, counted up to WORTH_TRYING."""
        return len(self._frames)
