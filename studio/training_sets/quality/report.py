"""The quality report of a would-be training set: what was found, what is kept, and one plain verdict.

Used by pages, `check` and saving a version.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from studio.statistics import share_of
from studio.training_sets.quality.examine import USUAL, Checking, examine
from studio.training_sets.quality.kinds import LEAKS, TEXTS, WORTH_TRYING
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.remedies import DEFAULT, REMEDIES, left_out
from studio.training_sets.quality.verdict import FAULTS, Evidence, judge
from studio.training_sets.shapes.contents import Rows
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.mapping import Mapping, describe

SHOWN_ROWS = 5


class Noted(Rows, Protocol):
    """A table with what was noticed while it was read."""

    @property
    def notes(self) -> list[str]: ...


@dataclass(frozen=True)
class Finding:
    """One kind of defect; `share` is from 0 to 1, `rows` are the first few, numbered as in a spreadsheet."""

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
    facts: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def share(self, kind: str) -> float:
        return next((finding.share for finding in self.findings if finding.kind == kind), 0.0)


def check(table: Noted, mapping: Mapping, options: Checking = USUAL) -> QualityReport:
    """Look at every row; changes nothing."""
    options = replace(options, plain_text=options.plain_text or mapping.may_lack_question)
    marks = examine(lambda: candidates(table, mapping), options)
    return report(marks, mapping, table.notes)


def nothing_to_learn(rows: int, why: str, notes: Sequence[str] = ()) -> QualityReport:
    """The report of a table that could be read and holds nothing that could be an example."""
    return QualityReport(rows, 0, {}, (), "unusable", why, 0, tuple(notes))


def report(
    marks: Marks, mapping: Mapping, notes: Sequence[str] = (), chosen: Collection[str] = DEFAULT
) -> QualityReport:
    """The report of marked rows; `kept` is what remains after the chosen remedies."""
    kept = marks.total - len(left_out(marks, chosen))
    findings = [_finding(kind, marks) for kind in TEXTS if marks.rows.get(kind)]
    if kept < WORTH_TRYING:
        findings.append(Finding("few_rows", kept, kept / max(1, marks.total), (), TEXTS["few_rows"]))
    verdict, why = judge(evidence(marks, chosen))
    answers = marks.facts.get("distinct_answers", 0)
    return QualityReport(
        marks.total,
        kept,
        mapping.as_dict(),
        tuple(findings),
        verdict,
        why,
        answers,
        tuple(note for note in (describe(mapping), *notes, *marks.facts.get("notes", ())) if note),
        marks.facts,
    )


def evidence(marks: Marks, chosen: Collection[str] = DEFAULT) -> Evidence:
    """What is found of the rows as they are; a remedy that was chosen settles its defect."""
    facts, gone = marks.facts, left_out(marks, chosen)
    kept, settled = marks.total - len(gone), {REMEDIES[name].kind for name in chosen if name in REMEDIES}
    unsettled = {kind: marks.places(kind) - gone for kind in marks.rows if kind not in settled}
    grave = set().union(*(places for kind, places in unsettled.items() if kind in FAULTS))
    leaking = sum(len(unsettled.get(kind, ())) for kind in LEAKS)
    unsupported = len(unsettled.get("unsupported", ()))
    return Evidence(
        kept=kept,
        total=marks.total,
        different=min(kept, facts.get("distinct_rows", kept)),
        answers=facts.get("distinct_answers", 0),
        labels=facts.get("short_and_repeated", False),
        open={kind: len(places) for kind, places in unsettled.items() if places},
        faulty=len(grave),
        left_out={kind: len(marks.places(kind) & gone) for kind in marks.rows if kind in settled},
        majority=len(unsettled.get("imbalance", ())) / max(1, marks.total),
        leaked=min(1.0, leaking / max(1, facts.get("measuring", marks.total))),
        unsupported=share_of(unsupported, facts.get("judged", marks.total)).low or 0.0,
        words=facts.get("words_of_text"),
        asking=facts.get("asking", 0.0),
    )


def _finding(kind: str, marks: Marks) -> Finding:
    numbers = marks.rows[kind]
    shown = tuple(dict.fromkeys(numbers))[:SHOWN_ROWS]
    of = marks.facts.get("judged", marks.total) if kind == "unsupported" else marks.total
    return Finding(kind, len(numbers), round(len(numbers) / max(1, of), 4), shown, TEXTS[kind])
