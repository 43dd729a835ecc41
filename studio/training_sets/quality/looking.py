"""One look at every row: what is wrong with its text, and the numbers that tell it from others.

Called by examine.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from studio.training_sets.examples import Candidate, plain
from studio.training_sets.quality.columns import Columns, Numbers
from studio.training_sets.quality.languages import language
from studio.training_sets.quality.plain_texts import PlainTexts
from studio.training_sets.quality.texts.controls import has_invisible, special_tokens
from studio.training_sets.quality.texts.credentials import find_secrets
from studio.training_sets.quality.texts.damage import is_damaged, repair
from studio.training_sets.quality.texts.lost_letters import (
    LOST,
    MAY_BE_LOST,
    has_lost_letters,
    may_have_lost_letters,
)
from studio.training_sets.quality.texts.markup import has_html
from studio.training_sets.quality.texts.personal import find_personal
from studio.training_sets.quality.wording import asked, count_words, texts, words
from studio.training_sets.shapes.cutting import TOOL_TURNS

LONG_WORDS = 1_000
BUCKETS = 2**17
BYTES_A_LETTER = 4  # of UTF-8, at most
NEVER_CUT = 10**12  # tokens
# names of labels seldom have more words, sentences seldom fewer
LABEL_WORDS = 6
FAULTS_TOLD = 5
# of the rows behind the first ones a part is asked for its language, and one in a few for its tokens
LANGUAGES_FULLY, LANGUAGES_EVERY, LANGUAGES_THINNER = 50_000, 16, 10_000
LENGTHS_FULLY, LENGTHS_EVERY = 20_000, 16


@dataclass(frozen=True)
class Checking:
    """What to check against.

    `max_length` in tokens as `count_tokens` counts those of an example, else in words; `template` are those
    that a turn has beside its text. `against` are questions that must not be trained on. `plain_text`: rows
    have no question. `special_tokens` are the control words of the chosen base model. `expected` is the
    number of rows, where known, for telling how far it is.
    """

    max_length: int | None = None
    count_tokens: Callable[[Candidate], int] | None = None
    template: int = 0
    against: Sequence[str] = ()
    plain_text: bool = False
    special_tokens: frozenset[str] = frozenset()
    expected: int = 0


# bytes that a number takes; hashes need eight
_TYPES = dict.fromkeys(("number", "turn", "length", "day"), "i") | dict.fromkeys(("usable", "held_out"), "b")


class Look:
    """A few numbers for every row, in the order of the rows; texts are not kept.

    The first `own` rows are those examined, after them come the questions they are held against.
    """

    def __init__(self, options: Checking) -> None:
        self.options = options
        self.found: dict[str, array[int]] = defaultdict(lambda: array("q"))
        self.own = 0
        self._columns = Columns(_TYPES)
        self._word_rows = array("q", bytes(8 * BUCKETS))
        self.languages: dict[str, Counter[str]] = {"question": Counter(), "answer": Counter()}
        self._told: dict[str, dict[int, str]] = {"question": {}, "answer": {}}
        self._last = (0, -1)
        self.faults: dict[str, int] = {}
        self.omitted: Counter[str] = Counter()
        self._counted, self._characters, self._tokens = 0, 0, 0
        self.short_answers, self.plain = 0, PlainTexts()
        self._heard = 0

    def add(self, row: Candidate) -> str:
        """Look at one row; returns its question in bare words."""
        index = self.own
        number, turn = self._last
        self._last = (row.number, turn + 1 if row.number == number else 0)
        for kind in self._defects(row):
            self.found[kind].append(index)
        self.omitted.update(set(row.omitted) - {TOOL_TURNS})  # those are a finding
        usable = bool(row.completion and (row.prompt or self.options.plain_text))
        bare = self._tell_apart(row, usable=usable)
        if usable:
            self.short_answers += count_words(row.completion) <= LABEL_WORDS
            if not row.prompt and not row.history:
                self.plain.add(row.completion, bare)
        if index < LANGUAGES_FULLY or index % max(LANGUAGES_EVERY, index // LANGUAGES_THINNER) == 0:
            self._heard += 1
            self._tell_language(index, "question", row.prompt)
            self._tell_language(index, "answer", row.completion)
        self.own += 1
        return bare

    def add_question(self, question: str) -> None:
        """A question that must not be trained on."""
        self._last = (0, -1)
        self._tell_apart(Candidate(0, question, "", split="held_out"), usable=True)

    def column(self, name: str) -> Numbers:
        """One number for each row: number, turn, exact, question, bare, answer, length, held_out, day."""
        return self._columns.read(name)

    @property
    def left_away(self) -> list[str]:
        """What of the rows became no part of an example, in words."""
        return [
            f"In {rows:,} example{'' if rows == 1 else 's'} {what}." for what, rows in self.omitted.items()
        ]

    @property
    def sampled(self) -> list[str]:
        """What was not asked of every row, in words."""
        said = []
        if self._heard < self.own:
            said.append(f"The language was told of {self._heard:,} rows, spread over all {self.own:,}.")
        if 0 < self._counted < self.own:
            said.append(
                f"The tokens of {self._counted:,} rows were counted, all of them that might be too long; "
                "those of the others are estimated."
            )
        return said

    def in_other_languages(self, main: dict[str, str], differs: Callable[[str, str], bool]) -> list[int]:
        """Rows in which the question or the answer is in another language than most of them."""
        odd = {
            i for part, told in self._told.items() for i, code in told.items() if differs(code, main[part])
        }
        return sorted(odd)

    def _tell_apart(self, row: Candidate, *, usable: bool) -> str:
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
            "held_out": int(row.split == "held_out"),
            "day": row.dated.toordinal() if row.dated else 0,
        }
        for name, value in values.items():
            self._columns.append(name, value)
        for word in {*heard, *said}:
            self._word_rows[_bucket(word)] += 1
        return " ".join(heard)

    def rows_with(self, word: str) -> int:
        """In how many rows a word occurs; rarely too many, where two words share a bucket."""
        return self._word_rows[_bucket(word)]

    def _length(self, row: Candidate) -> int:
        counted, around = self.options.count_tokens, self.options.template * (1 + len(row.history))
        if counted is None:
            return sum(count_words(text) for text in texts(row) if text)
        # a token stands for a byte at least: what has fewer bytes than that cannot be too long
        if self.own >= LENGTHS_FULLY and self.own % LENGTHS_EVERY and not row.context:
            letters = row.characters
            if BYTES_A_LETTER * letters + around <= limit(self.options):
                return round(around + letters * self._tokens / max(1, self._characters))
        tokens = counted(row)
        self._counted, self._characters = self._counted + 1, self._characters + row.characters
        self._tokens += tokens - around
        return tokens

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
        if TOOL_TURNS in row.omitted:
            yield "tool_turns"
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
            (LOST, has_lost_letters),
            (MAY_BE_LOST, may_have_lost_letters),
            ("html", has_html),
            ("personal_data", find_personal),
            ("secret", lambda text: next(find_secrets(text), None)),
            ("special_token", lambda text: special_tokens(text, known)),
            # letters misread from another encoding are often invisible: mended first, as remedies do
            ("bidi", lambda text: has_invisible(repair(text))),
        )


def limit(options: Checking) -> int:
    """The length above which an example is too long, in the unit of its lengths."""
    return options.max_length or LONG_WORDS


def _bucket(word: str) -> int:
    # not hash(), which differs from process to process
    return crc32(word.encode(errors="surrogatepass")) % BUCKETS
