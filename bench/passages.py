"""Made-up passages with vectors: as many as wanted, with word frequencies like those of real text."""

import random
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from studio.library.intake.storing import Arrival, arrivals_of, store_passages
from studio.library.passages import Piece
from studio.library.places import Place
from studio.store.database import Workspace
from studio.store.tables import Document, Library

DIMENSION = 384
TOPICS = 60
VOCABULARY = 6000
WORDS_PER_PASSAGE = 80
PASSAGES_PER_DOCUMENT = 30


def made_up_words(chance: random.Random) -> list[str]:
    """Pronounceable words, most frequent first when drawn with `frequencies`."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    return ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(VOCABULARY)]


def texts(count: int, seed: int, words_each: int = WORDS_PER_PASSAGE) -> list[str]:
    """Texts whose words follow Zipf's law."""
    chance = random.Random(1)  # the vocabulary is the same for passages and questions
    words, chance = made_up_words(chance), random.Random(seed)
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    return [" ".join(chance.choices(words, cum_weights=weights, k=words_each)) + "." for _ in range(count)]


def vectors(count: int, seed: int) -> NDArray[np.float32]:
    """Unit vectors of shape (count, DIMENSION) around a few topics."""
    topics = np.random.default_rng(1).normal(size=(TOPICS, DIMENSION))
    generator = np.random.default_rng(seed)
    drawn = topics[generator.integers(0, TOPICS, count)] + generator.normal(size=(count, DIMENSION))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


def new_library(room: Workspace, name: str, documents: int) -> tuple[Library, list[int]]:
    """A library with ready documents that have no passages yet."""
    library = Library(workspace_id=room.id, name=name, embedding_model="made up", embedding_revision="1")
    library.dimension, library.language = DIMENSION, "english"
    library.dense_weight, library.answer_threshold, library.passage_count, library.mean_terms = (
        0.4,
        0.25,
        0,
        0,
    )
    with room.session() as session:
        session.add(library)
        session.flush()
        rows = [_document(library, number) for number in range(documents)]
        session.add_all(rows)
        session.flush()
        return library, [row.id for row in rows]


def _document(library: Library, number: int) -> Document:
    receipt = {
        "pages": 9,
        "characters": 14_000,
        "tables": 0,
        "passages": PASSAGES_PER_DOCUMENT,
        "seconds": 1.2,
    }
    return Document(
        workspace_id=library.workspace_id,
        library_id=library.id,
        name=f"document-{number}.pdf",
        title=f"Document {number}",
        sha256=f"{library.id:032x}{number:032x}",
        state="ready",
        receipt=receipt | {"embedded": PASSAGES_PER_DOCUMENT},
    )


def arrivals(document_ids: list[int], count: int, seed: int = 2) -> list[Arrival]:
    """`count` passages spread over the documents in order."""
    return arrivals_from(document_ids, texts(count, seed))


def arrivals_from(document_ids: list[int], written: list[str]) -> list[Arrival]:
    """These texts, spread over the documents in order."""
    each = -(-len(written) // len(document_ids))
    made: list[Arrival] = []
    for index, document_id in enumerate(document_ids):
        part = written[index * each : (index + 1) * each]
        pieces = [
            Piece(
                text,
                ("Part", f"Section {position}"),
                Place(position * 500, position * 500 + len(text)),
                position,
            )
            for position, text in enumerate(part)
        ]
        made += arrivals_of(document_id, f"Document {index}", pieces)
    return made


def filled_library(room: Workspace, name: str, count: int) -> Library:
    """A searchable library of `count` passages."""
    library, document_ids = new_library(room, name, -(-count // PASSAGES_PER_DOCUMENT))
    made = arrivals(document_ids, count)
    with room.session() as session:
        kept = session.merge(library)
        store_passages(session, kept, made, vectors(count, seed=3))
    return kept
