"""One look at every row: what is wrong with its text, and the numbers that tell it from others.

Called by examine.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np

from studio.training_sets.examples import Candidate, plain
from studio.training_sets.quality.languages import language
from studio.training_sets.quality.texts.controls import has_invisible, special_tokens
from studio.training_sets.quality.texts.credentials import find_secrets
from studio.training_sets.quality.texts.damage import is_damaged, repair
from studio.training_sets.quality.texts.markup import has_html
from studio.training_sets.quality.texts.personal import find_personal
from studio.training_sets.quality.wording import asked, count_words, texts, words

Numbers: TypeAlias = np.ndarray[Any, Any]

LONG_WORDS = 1_000
BUCKETS = 2**17
FAULTS_TOLD = 5
LANGUAGES_FULLY = 50_000
LANGUAGES_EVERY = 16


@dataclass(frozen=True)
class Checking:
    """What to check against.

    `max_length` in tokens as `count_tokens` counts them, else in words; `main_language` is an ISO 639-1 code,
    found out when missing. `against` are questions that must not be trained on; `held_out` the numbers of
    rows that are not trained on. `plain_text`: rows have no question. `special_tokens` are the control words
    of the chosen base model. `expected` is the number of rows, where known, for telling how far it is.
    """

    max_length: int | None = None
    count_tokens: Callable[[str], int] | None = None
    main_language: str | None = None
    against: Sequence[str] = ()
    held_out: frozenset[int] = frozenset()
    plain_text: bool = False
    special_tokens: frozenset[str] = frozenset()
    expected: int = 0


class Look:
    """A few numbers for every row, in the order of the rows; texts are not kept.

    The first `own` rows are those examined, after them come the questions they are held against.
    """

    def __init__(self, options: Checking) -> None:
        self.options = options
        self.found: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self.own = 0
        self._columns: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self._word_rows = array("q", bytes(8 * BUCKETS))
        self.languages: dict[str, Counter[str]] = {"question": Counter(), "answer": Counter()}
        self._told: dict[str, dict[int, str]] = {"question": {}, "answer": {}}
        self._last = (0, -1)
        self.faults: dict[str, int] = {}

    def add(self, row: Candidate) -> None:
        """Look at one row."""
        index = self.own
        number, turn = self._last
        self._last = (row.number, turn + 1 if row.number == number else 0)
        for kind in self._defects(row):
            self.found[kind].append(index)
        self._tell_apart(row, usable=bool(row.completion and (row.prompt or self.options.plain_text)))
        if index < LANGUAGES_FULLY or index % LANGUAGES_EVERY == 0:
            self._tell_language(index, "question", row.prompt)
            self._tell_language(index, "answer", row.completion)
        self.own += 1

    def add_question(self, question: str) -> None:
        """A question that must not be trained on."""
        self._last = (0, -1)
        self._tell_apart(Candidate(0, question, "", split="held_out"), usable=True)

    def column(self, name: str) -> Numbers:
        """One number for each row: number, turn, exact, question, bare, answer, length, held_out, day."""
        return np.frombuffer(self._columns[name], np.int64) if self._columns[name] else np.zeros(0, np.int64)

    def in_other_languages(self, main: dict[str, str], differs: Callable[[str, str], bool]) -> list[int]:
        """Rows in which the question or the answer is in another language than most of them."""
        odd = {
            i for part, told in self._told.items() for i, code in told.items() if differs(code, main[part])
        }
        return sorted(odd)

    def _tell_apart(self, row: Candidate, *, usable: bool) -> None:
        question, before = asked(row), hash((row.history, row.context))
        heard, said = words(question), words(row.completion)
        plainly = hash((before, plain(row.prompt or row.completion)))
        numbers = sorted(word for word in heard if not word.isalpha())
        values = {
            "number": self._last[0],
            "turn": self._last[1],
            "exact": hash((before, row.prompt, row.completion)),
            "question": plainly,
            "answer": hash(plain(row.completion)),
            "bare_question": hash(tuple(heard) or question),
            "bare_answer": hash(tuple(said) or row.completion),
            "figures": hash(tuple(numbers)),
            "usable": int(usable and not row.fault),
            "length": self._length(row),
            "held_out": int(row.split == "held_out" or row.number in self.options.held_out),
            "day": row.dated.toordinal() if row.dated else 0,
        }
        for name, value in values.items():
            self._columns[name].append(value)
        for word in {*heard, *said}:
            self._word_rows[_bucket(word)] += 1

    def rows_with(self, word: str) -> int:
        """In how many rows a word occurs; rarely too many, where two words share a bucket."""
        return self._word_rows[_bucket(word)]

    def _length(self, row: Candidate) -> int:
        counted = self.options.count_tokens
        return sum(counted(text) if counted else count_words(text) for text in texts(row) if text)

    def _tell_language(self, index: int, part: str, text: str) -> None:
        code = language(text)
        self.languages[part][code] += 1
        if code:
            self._told[part][index] = code

    def _defects(self, row: Candidate) -> Iterator[str]:
        if row.fault:
            if len(self.faults) < FAULTS_TOLD:
                self.faults.setdefault(row.fault, row.number)
            yield "unreadable"
            return
        if not row.prompt and not self.options.plain_text:
            yield "empty_question"
        if not row.completion:
            yield "empty_answer"
        elif count_words(row.completion) == 1:
            yield "one_word_answer"
        for kind, shows in self._text_defects:
            if any(shows(text) for text in texts(row) if text):
                yield kind

    @property
    def _text_defects(self) -> Iterable[tuple[str, Callable[[str], Any]]]:
        known = self.options.special_tokens
        return (
            ("broken_text", is_damaged),
            ("html", has_html),
            ("personal_data", find_personal),
            ("secret", lambda text: next(find_secrets(text), None)),
            ("special_token", lambda text: special_tokens(text, known)),
            # letters misread from another encoding are often invisible: mended first, as remedies do
            ("bidi", lambda text: has_invisible(repair(text))),
        )


def _bucket(word: str) -> int:
    # not hash(), which differs from process to process
    return crc32(word.encode(errors="surrogatepass")) % BUCKETS
