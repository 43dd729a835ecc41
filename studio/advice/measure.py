"""Measures what can be measured in seconds on a team's data. Used by pages and `advise`.

What needs the model is measured by the job of `measuring`; what that found of the same data is added here.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from studio.advice.measuring.changing import changed_share
from studio.advice.measuring.form import same_form
from studio.advice.measuring.measurements import Data, find_measurement
from studio.advice.measuring.vocabulary import vocabulary_of
from studio.advice.signals import Signals
from studio.comparison.question_sets import questions_of
from studio.errors import BadInput
from studio.library.answering.support import answer_coverage
from studio.library.finding.search import find_passages_for_many
from studio.library.libraries import get_library
from studio.library.parse import parse_file
from studio.library.parse.blocks import ParsedDocument
from studio.library.parse.jsonl import parse_row, read_rows
from studio.library.passages import split
from studio.settings import Settings
from studio.store.database import Workspace
from studio.store.tables import Passage
from studio.training_sets.quality import examine, report
from studio.training_sets.quality.remedies import apply
from studio.training_sets.reading import read_table
from studio.training_sets.shapes.cutting import candidates
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import examples
from studio.training_sets.versions.examining import report_of

SAMPLED_ANSWERS = 200
SAMPLED_QUESTIONS = 60
SAMPLED_PASSAGES = 200
MOST_PASSAGES = 20_000
K = 5
CHARACTERS_PER_TOKEN = 4
SEED = 17

Item = TypeVar("Item")


@dataclass(frozen=True)
class Text:
    """The documents as passages; `tokens` is an estimate."""

    documents: int
    tokens: int
    passages: list[str]


@dataclass
class Measured:
    """Values with the number of things they rest on, gathered one after the other."""

    values: dict[str, Any] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def add(self, size: int, **values: Any) -> None:
        self.values |= values
        self.sizes |= dict.fromkeys(values, size)

    def signals(self) -> Signals:
        return Signals(**self.values, sample_sizes=self.sizes)


def measure_signals(
    room: Workspace,
    library_id: int | None = None,
    version_id: int | None = None,
    question_set_id: int | None = None,
) -> Signals:
    """Signals of what is stored; hit@k needs questions that name their documents, and the engine."""
    measured = Measured()
    answers: list[str] = []
    if version_id is not None:
        _add_examples(measured, report_of(room, version_id))
        answers = [example.completion for example in examples(room, version_id)]
    text = _stored_text(room, library_id) if library_id is not None else None
    _add_texts(measured, text, answers, room.settings)
    if library_id is not None and question_set_id is not None:
        hits = _hits(room, library_id, question_set_id)
        if hits:
            measured.add(len(hits), hit_at_k=round(sum(hits) / len(hits), 4))
    changed = changed_share(room, library_id) if library_id is not None else None
    if changed:
        measured.add(changed[1], changed_share=round(changed[0], 4))
    found = find_measurement(room, Data(library_id, version_id, question_set_id))
    for key, value in found.values.items() if found else ():
        measured.add(found.sizes[key] if found else 0, **{key: value})
    return measured.signals()


def measure_files(
    documents: Sequence[Path], examples_file: Path | None = None, settings: Settings | None = None
) -> Signals:
    """The same for files on disk; nothing is stored. Of a folder, what cannot be read is left out."""
    measured = Measured()
    answers: list[str] = []
    if examples_file is not None:
        table = read_table(examples_file, examples_file.name)
        mapping = guess_mapping(table)
        marks = examine(lambda: candidates(table, mapping))
        _add_examples(measured, report(marks, mapping, table.notes).as_dict())
        answers = [row.completion for row in apply(candidates(table, mapping), marks)]
    text = _text_of([parsed for path in documents for parsed in _parsed(path)]) if documents else None
    _add_texts(measured, text, answers, settings)
    return measured.signals()


def _stored_text(room: Workspace, library_id: int) -> Text:
    library = get_library(room, library_id)
    of_library = (Passage.workspace_id == room.id, Passage.library_id == library_id)
    with room.session() as session:
        length = sa.func.coalesce(sa.func.sum(sa.func.length(Passage.text)), 0)
        characters = session.scalar(sa.select(length).where(*of_library)) or 0
        texts = sa.select(Passage.text).where(*of_library).order_by(Passage.id).limit(MOST_PASSAGES)
        return Text(library.ready, int(characters) // CHARACTERS_PER_TOKEN, list(session.scalars(texts)))


def _parsed(path: Path) -> Iterator[ParsedDocument]:
    if not path.exists():
        raise BadInput(f"There is no file or folder {path}.")
    if path.suffix.lower() == ".jsonl":
        yield from (parse_row(row) for row in read_rows(path, path.name))
    elif path.is_dir():
        yield from _folder(path)
    else:
        yield parse_file(path, path.name)


def _folder(folder: Path) -> Iterator[ParsedDocument]:
    for path in sorted(inside for inside in folder.rglob("*") if inside.is_file()):
        try:
            yield from _parsed(path)
        except BadInput:
            # one odd file in a folder is no reason to measure nothing
            continue


def _text_of(documents: Sequence[ParsedDocument]) -> Text:
    characters = sum(len(document.text) for document in documents)
    passages = [piece.text for document in documents for piece in split(document)]
    return Text(len(documents), characters // CHARACTERS_PER_TOKEN, passages[:MOST_PASSAGES])


def _add_texts(
    measured: Measured, text: Text | None, answers: Sequence[str], settings: Settings | None
) -> None:
    """What documents and answers say by their words."""
    if text:
        measured.add(text.documents, documents=text.documents, document_tokens=text.tokens)
    sampled, passages = _sample(answers, SAMPLED_ANSWERS), text.passages if text else []
    found = answer_coverage(sampled, passages) if passages else None
    if found:
        measured.add(found[1], answer_coverage=round(found[0], 4))
    form = same_form(answers)
    if form:
        measured.add(len(set(answers)), same_form=round(form[0], 4))
    words = vocabulary_of([*sampled, *_sample(passages, SAMPLED_PASSAGES)], settings) if settings else None
    if words:
        measured.add(words.words, vocabulary_distance=words.distance)


def _add_examples(measured: Measured, report: dict[str, Any]) -> None:
    shares = {finding["kind"]: finding["share"] for finding in report["findings"]}
    measured.add(
        report["rows"],
        examples=report["kept"],
        distinct_answers=report["distinct_answers"],
        duplicate_share=shares.get("duplicate", 0.0),
        contradiction_share=shares.get("contradiction", 0.0),
    )


def _hits(room: Workspace, library_id: int, question_set_id: int) -> list[bool]:
    """For each sampled question whether its document is among those of the first five passages."""
    named = [q for q in questions_of(room, question_set_id) if q.answerable and q.document]
    asked = _sample(named, SAMPLED_QUESTIONS)
    if not asked:
        return []
    found = find_passages_for_many(room, library_id, [question.question for question in asked], K)
    return [
        question.is_answered_by(name for hit in hits for name in (hit.document, hit.external_id))
        for question, hits in zip(asked, found, strict=True)
    ]


def _sample(items: Sequence[Item], size: int) -> Sequence[Item]:
    return items if len(items) <= size else random.Random(SEED).sample(items, size)
