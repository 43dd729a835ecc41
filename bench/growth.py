"""A library that grows: how fast it takes passages, how long a search takes, how large it is."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from bench import passages
from bench.corpus import Corpus, made_up, nearest, recall
from bench.finding import BY_MEANING, asked, tidy
from bench.plots import Panel, Series, as_svg
from bench.rooms import opened_room
from bench.rows import Row, less_is_better, more_is_better
from bench.sizes import Sizes, sizes
from studio.library.finding.vector_index import build_if_large, drop_vector_index, index_library
from studio.library.intake.storing import store_passages
from studio.store.database import Workspace
from studio.store.tables import Library

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "growth.svg"
READ = (
    "One library that grows; the rival is the same library at its first size. Storing is from text to "
    "searchable passages in transactions of 5,000; the job that builds the library's index follows and is "
    "told apart. Search is hybrid, ten passages, by one person. Size holds the passages, their terms and all "
    "indexes.\n\n![Storing rate, search time and size of a growing library](growth.svg)"
)
STEPS = (3_000, 10_000, 30_000, 100_000, 300_000)
TOLD_FROM = 10_000
GROUP = 5_000
SIZE = """
    SELECT sum(pg_total_relation_size(relation)) / 1048576.0
    FROM unnest(ARRAY['passages', 'term_counts', 'term_passages']::regclass[]) AS relation
"""


@dataclass(frozen=True)
class Step:
    """The library at one size; `rate` in passages/s since the last size, without the index."""

    passages: int
    rate: float
    index_seconds: float
    p50: float
    p95: float
    recall: float
    megabytes: float


def measure(folder: Path) -> list[Row]:
    """Writes docs/growth.svg as well."""
    with opened_room(folder) as room:
        steps = _grow(room, sizes())
    PICTURE.write_text(_picture(steps), encoding="utf-8")
    told = [step for step in steps if step.passages >= TOLD_FROM]
    return [row for step in told[1:] for row in _rows(step, told[0])]


def _grow(room: Workspace, wanted: Sizes) -> list[Step]:
    each = -(-GROUP // passages.PASSAGES_PER_DOCUMENT)
    library, ids = passages.new_library(room, "growing", each * (wanted.grown // GROUP + len(STEPS)))
    corpus, steps = made_up(0, 0), []
    questions = made_up(STEPS[0], wanted.questions, seed=0)  # about the first passages
    for size in [step for step in STEPS if step <= wanted.grown]:
        drop_vector_index(room, library.id)
        seconds, before = 0.0, len(corpus.texts)
        while (stored := len(corpus.texts)) < size:
            part = made_up(min(GROUP, size - stored), 0, seed=stored)
            seconds += _store(room, library, [ids.pop() for _ in range(each)], part)
            corpus = _joined(corpus, part, questions)
        rate = (size - before) / seconds
        steps.append(_measured(room, library, corpus, rate))
        print(f"growth: {steps[-1]}", flush=True)
    return steps


def _store(room: Workspace, library: Library, ids: list[int], part: Corpus) -> float:
    arrivals = passages.arrivals_from(ids, part.texts)
    began = time.perf_counter()
    with room.session() as session:
        store_passages(session, session.get_one(Library, library.id), arrivals, part.vectors)
    return time.perf_counter() - began


def _joined(corpus: Corpus, part: Corpus, questions: Corpus) -> Corpus:
    vectors = np.concatenate([corpus.vectors, part.vectors])
    return Corpus([*corpus.texts, *part.texts], vectors, questions.questions, questions.asked)


def _measured(room: Workspace, library: Library, corpus: Corpus, rate: float) -> Step:
    began = time.perf_counter()
    if build_if_large(room, library.id) is not None:
        index_library(room, library_id=library.id)
    index_seconds = time.perf_counter() - began
    tidy(room)
    number = {text: at for at, text in enumerate(corpus.texts)}
    asked(lambda _: (room, library), corpus, number)
    answers = asked(lambda _: (room, library), corpus, number)
    by_meaning = asked(lambda _: (room, library), corpus, number, options=BY_MEANING)
    found = recall(by_meaning.found, nearest(corpus.vectors, corpus.asked))
    with room.session() as session:
        megabytes = float(session.scalar(sa.text(SIZE)))
    return Step(len(corpus.texts), rate, index_seconds, answers.at(50), answers.at(95), found, megabytes)


def _rows(step: Step, small: Step) -> list[Row]:
    what, rival = f"{step.passages:,} passages", f"{small.passages:,} passages"
    note = f"index built in {step.index_seconds:.0f} s (at {rival} {small.index_seconds:.0f} s)"
    found = f"recall@10 by meaning {step.recall:.3f} (at {rival} {small.recall:.3f})"
    return [
        more_is_better(f"Storing, {what}", step.rate, (rival, small.rate), "passages/s", note),
        less_is_better(f"Search p50, {what}", step.p50, (rival, small.p50), "ms", found),
        less_is_better(f"Search p95, {what}", step.p95, (rival, small.p95), "ms", found),
        less_is_better(
            f"Size of a passage, {what}", _each(step), (rival, _each(small)), "kB", "with all indexes"
        ),
    ]


def _each(step: Step) -> float:
    return 1024 * step.megabytes / step.passages


def _picture(steps: list[Step]) -> str:
    sizes_now = [step.passages for step in steps]
    return as_svg(
        [
            Panel("Storing, passages/s", sizes_now, [Series("", [step.rate for step in steps])]),
            Panel(
                "Hybrid search, ms",
                sizes_now,
                [
                    Series("p95", [step.p95 for step in steps]),
                    Series("p50", [step.p50 for step in steps]),
                ],
            ),
            Panel("Size, MB", sizes_now, [Series("", [step.megabytes for step in steps])]),
        ],
        "A library that grows",
    )
