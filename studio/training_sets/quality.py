"""The quality report of a would-be training set: what was found, what is kept, and one plain verdict.

Used by pages, `check` and saving a version.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from studio.training_sets.examples import Candidate, plain
from studio.training_sets.reading import Table
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.mapping import Mapping

LONG_WORDS = 1_000
SHOWN_ROWS = 5
LABELS_AT_MOST = 100
ROWS_A_LABEL = 20
# rules of thumb of those who sell fine-tuning: 10 at least, gains from 50-100, better above 1,000
FEWEST, WORTH_TRYING, COMFORTABLE = 10, 100, 1_000
MUCH_CONTRADICTION = 0.2

TEXTS = {
    "empty_question": "The question is empty: the row is left out.",
    "empty_answer": "The answer is empty: the row is left out.",
    "duplicate": "The same question and answer appear more than once: one is kept.",
    "contradiction": "The same question has different answers: the model learns to waver.",
    "one_word_answer": "The answer is a single word although most are not.",
    "too_long": f"Question and answer together have more than {LONG_WORDS:,} words and may be cut.",
    "broken_text": "The text has replacement characters (�): it was damaged before it came here.",
    "few_rows": f"Fewer than {WORTH_TRYING} usable examples.",
}
LEFT_OUT = ("empty_question", "empty_answer", "duplicate")


@dataclass(frozen=True)
class Finding:
    """One kind of defect; `rows` are the first few, numbered as in a spreadsheet."""

    kind: str
    count: int
    share: float
    rows: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class QualityReport:
    """What a table is worth as a training set; verdict is enough, thin or unusable."""

    rows: int
    kept: int
    columns: dict[str, Any]
    findings: tuple[Finding, ...]
    verdict: str
    why: str
    distinct_answers: int
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def share(self, kind: str) -> float:
        return next((finding.share for finding in self.findings if finding.kind == kind), 0.0)


def check(table: Table, mapping: Mapping) -> QualityReport:
    """Look at every row; changes nothing."""
    rows = list(candidates(table, mapping))
    marked = mark(rows)
    kept = usable(rows, marked)
    findings = [_finding(kind, marked[kind], len(rows)) for kind in TEXTS if marked.get(kind)]
    if len(kept) < WORTH_TRYING:
        findings.append(Finding("few_rows", len(kept), 1.0, (), TEXTS["few_rows"]))
    answers = len({row.completion for row in kept})
    contradictions = len(marked.get("contradiction", ())) / max(1, len(rows))
    verdict, why = judge(len(kept), answers, contradictions)
    return QualityReport(
        len(rows), len(kept), mapping.as_dict(), tuple(findings), verdict, why, answers, tuple(table.notes)
    )


def mark(rows: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    """Which rows show which defect."""
    marked: dict[str, list[Candidate]] = defaultdict(list)
    wordy = _mostly_sentences(rows)
    seen: set[tuple[str, str]] = set()
    for row in rows:
        key = (row.prompt, row.completion)
        for kind in _defects(row, wordy=wordy):
            marked[kind].append(row)
        if row.prompt and row.completion and key in seen:
            marked["duplicate"].append(row)
        seen.add(key)
    marked["contradiction"] = list(_contradicting(rows))
    return marked


def usable(rows: Sequence[Candidate], marked: dict[str, list[Candidate]]) -> list[Candidate]:
    """The rows worth training on: neither empty nor a repetition."""
    out = {row.number for kind in LEFT_OUT for row in marked.get(kind, ())}
    return [row for row in rows if row.number not in out]


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


def _defects(row: Candidate, *, wordy: bool) -> Iterable[str]:
    if not row.prompt:
        yield "empty_question"
    if not row.completion:
        yield "empty_answer"
    elif wordy and len(row.completion.split()) == 1:
        yield "one_word_answer"
    if len(row.prompt.split()) + len(row.completion.split()) > LONG_WORDS:
        yield "too_long"
    if "\ufffd" in row.prompt or "\ufffd" in row.completion:
        yield "broken_text"


def _mostly_sentences(rows: Sequence[Candidate]) -> bool:
    """Single words are defects only where answers are sentences, not labels."""
    answered = [row.completion for row in rows if row.completion]
    return sum(len(answer.split()) > 1 for answer in answered) > len(answered) / 2


def _contradicting(rows: Sequence[Candidate]) -> Iterable[Candidate]:
    answers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.prompt and row.completion:
            answers[plain(row.prompt)].add(plain(row.completion))
    repeated = Counter({question: len(found) for question, found in answers.items()})
    return (row for row in rows if row.completion and repeated[plain(row.prompt)] > 1)


def _finding(kind: str, rows: Sequence[Candidate], total: int) -> Finding:
    shown = tuple(row.number for row in rows[:SHOWN_ROWS])
    return Finding(kind, len(rows), round(len(rows) / total, 4), shown, TEXTS[kind])
