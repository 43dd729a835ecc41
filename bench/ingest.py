"""Whole ingest, from files to searchable passages, against embedding the same texts and nothing else."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from bench.answers import running_engine
from bench.corpus import made_up
from bench.rooms import opened_room
from bench.rows import Row, in_turns, more_is_better, spread
from bench.sizes import sizes
from studio.library.embedding.embedder import embedder_for
from studio.library.intake.adding import add_documents
from studio.library.intake.ingest import ingest_documents
from studio.library.intake.storing import HEADING_SEPARATOR, SUMMARY
from studio.library.libraries import create_library, get_library
from studio.library.passages import searchable_text
from studio.store.database import Workspace
from studio.store.tables import Document, Passage

READ = (
    "Passages a second with the bundled embedding model on the processor: files are stored, read, split, "
    "embedded and made searchable on both sides, as the worker does it. The ceiling is the same engine "
    "embedding the same texts in the same slices; a ratio of 1 would mean that all the rest costs nothing."
)
ASKED = 0.85
TEXTS_PER_SLICE = 128
PARTS = 3  # of each file: a heading and a paragraph


def measure(folder: Path) -> list[Row]:
    """Ingest of small Markdown files and embedding alone, in turns."""
    wanted = sizes()
    files = list(_write(folder / "files", wanted.files))
    with running_engine(folder / "studio"), opened_room(folder / "studio") as room:
        library = _ingest(room, files)[1]  # also warms up
        texts = _embedded_texts(room, library)
        embedder = embedder_for(room, get_library(room, library))

        def embed() -> float:
            began = time.perf_counter()
            for at in range(0, len(texts), TEXTS_PER_SLICE):
                embedder.embed_passages(texts[at : at + TEXTS_PER_SLICE])
            return time.perf_counter() - began

        taken = in_turns({"ingest": lambda: _ingest(room, files)[0], "embedding": embed}, wanted.repetitions)
    rates = {name: len(texts) / median(seconds) for name, seconds in taken.items()}
    note = (
        f"{len(files)} files, {len(texts)} passages, {wanted.repetitions} repetitions, ingest "
        f"{spread(taken['ingest'])} s, embedding {spread(taken['embedding'])} s"
    )
    row = more_is_better(
        "Files to searchable passages",
        rates["ingest"],
        ("embedding alone", rates["embedding"]),
        "passages/s",
        note,
    )
    return [replace(row, at_least=ASKED)]


def _write(folder: Path, count: int) -> Iterator[Path]:
    folder.mkdir()
    texts = made_up(count * PARTS, 1).texts
    for number in range(count):
        parts = texts[number * PARTS : (number + 1) * PARTS]
        path = folder / f"note-{number}.md"
        sections = "\n\n".join(f"## Part {at}\n\n{text}" for at, text in enumerate(parts))
        path.write_text(f"# Note {number}\n\n{sections}\n", encoding="utf-8")
        yield path


def _ingest(room: Workspace, files: list[Path]) -> tuple[float, int]:
    """Seconds, and the new library's id; every file must have become ready."""
    library = create_library(room, f"ingest at {time.monotonic()}")
    began = time.perf_counter()
    ids = add_documents(room, library.id, files)
    ingest_documents(room, document_ids=list(ids))
    seconds = time.perf_counter() - began
    with room.session() as session:
        states = session.scalars(
            sa.select(Document.state)
            .where(Document.workspace_id == room.id, Document.library_id == library.id)
            .distinct()
        ).all()
    assert states == ["ready"], f"Documents are {states}"
    return seconds, library.id


def _embedded_texts(room: Workspace, library_id: int) -> list[str]:
    rows = (
        sa.select(Document.title, Passage.heading, Passage.text)
        .join(Document, Document.id == Passage.document_id)
        .where(Passage.workspace_id == room.id, Passage.library_id == library_id, Passage.kind != SUMMARY)
        .order_by(Passage.id)
    )
    with room.session() as session:
        return [
            searchable_text(title, tuple(heading.split(HEADING_SEPARATOR)) if heading else (), text)
            for title, heading, text in session.execute(rows)
        ]
