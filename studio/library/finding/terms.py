"""The lexical side of search: BM25 as one sparse vector per passage.

A passage's vector holds the term-frequency part of BM25, a question's vector the rarity of its terms;
their inner product is the BM25 score. PostgreSQL turns words into lexemes, but each different word is asked
for only once in a process. Called when passages are stored or deleted and by search.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from studio.library.finding.languages import indexed_words, text_search_configuration
from studio.store.tables import TERM_DIMENSIONS, Library, TermCount

# BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009):
# tf (k1 + 1) / (tf + k1 (1 - b + b length / mean))
_K1, _B = 1.2, 0.75

# A lexeme's dimension; not hashtext(), whose values may change between versions of PostgreSQL.
TERM = f"(1 + ('x' || left(md5(lexeme), 8))::bit(32)::bigint % {TERM_DIMENSIONS - 1})::int"

# yields `rare`, the question's terms with their number of passages and their rarity in the library, and
# `asked_terms` with one row, the same as a vector
ASKED_TERMS = f"""
rare AS MATERIALIZED (
    SELECT * FROM (
        SELECT
            term_counts.term,
            term_counts.passages,
            round(ln(1 + (greatest(libraries.passage_count - term_counts.passages, 0) + 0.5)
                / (term_counts.passages + 0.5))::numeric, 4)::float8 AS rarity
        FROM libraries
        JOIN term_counts ON term_counts.workspace_id = libraries.workspace_id
            AND term_counts.library_id = libraries.id
        WHERE libraries.workspace_id = :workspace AND libraries.id = :library
            AND term_counts.term = ANY(ARRAY(
                SELECT {TERM} FROM unnest(to_tsvector(CAST(:configuration AS regconfig), :words))
            ))
    ) AS known
    WHERE rarity > 0
),
asked_terms AS (
    SELECT CAST('{{' || coalesce(string_agg(term || ':' || rarity, ',' ORDER BY term), '')
        || '}}/{TERM_DIMENSIONS}' AS sparsevec) AS terms
    FROM rare
)"""

_LEXEMES = sa.text(
    f"""
    SELECT word, ARRAY(
        SELECT {TERM}
        FROM unnest(to_tsvector(CAST(:configuration AS regconfig), word)),
            generate_series(1, cardinality(positions))
    )
    FROM unnest(CAST(:words AS text[])) AS word
    """
)
_TERM = np.dtype(np.int64)
_MOST_REMEMBERED = 300_000  # words of each language, about 50 MB
_remembered: dict[str, dict[str, bytes]] = {}

# ON CONFLICT would cost twice as much for new terms, and a tenth more for known ones
_ADD = sa.text(
    """
    WITH counted AS MATERIALIZED (
        SELECT * FROM unnest(CAST(:terms AS int[]), CAST(:passages AS int[])) AS counted (term, passages)
    ),
    known AS (
        UPDATE term_counts SET passages = term_counts.passages + counted.passages
        FROM counted
        WHERE workspace_id = :workspace AND library_id = :library AND term_counts.term = counted.term
        RETURNING term_counts.term
    )
    INSERT INTO term_counts (workspace_id, library_id, term, passages)
    SELECT libraries.workspace_id, libraries.id, counted.term, counted.passages
    FROM libraries, counted
    WHERE libraries.workspace_id = :workspace AND libraries.id = :library
        AND counted.term NOT IN (SELECT term FROM known)
    """
)
_FORGET = sa.text(
    """
    WITH gone AS (
        SELECT split_part(entry, ':', 1)::int AS term, count(*) AS passages
        FROM passages, regexp_split_to_table(substring(terms::text FROM '{(.*)}'), ',') AS entry
        WHERE workspace_id = :workspace AND id = ANY(:gone) AND entry <> ''
        GROUP BY term
    )
    UPDATE term_counts SET passages = term_counts.passages - gone.passages
    FROM gone
    WHERE term_counts.workspace_id = :workspace AND library_id = :library AND term_counts.term = gone.term
    """
)


@dataclass(frozen=True)
class SparseBytes:
    """A sparse vector as PostgreSQL receives it: dimensions, how many, 0, indices from 0, values."""

    indices: bytes
    values: bytes

    def to_binary(self) -> bytes:
        """pgvector's binary COPY asks for nothing else."""
        return pack(">iii", TERM_DIMENSIONS, len(self.indices) // 4, 0) + self.indices + self.values


@dataclass(frozen=True)
class CountedTerms:
    """How many `times` each term stands in each text; sorted by text (`owners`, from 0) and term."""

    texts: int
    owners: NDArray[np.int64]
    terms: NDArray[np.int64]
    times: NDArray[np.int64]

    @property
    def mean_length(self) -> float:
        """Terms in a text on average, of the texts that have any; 1 where none has."""
        lengths = self._lengths()
        return float(lengths[lengths > 0].mean()) if lengths.any() else 1.0

    def weights(self, mean_length: float) -> list[SparseBytes]:
        """The BM25 part of each text."""
        length = self._lengths()[self.owners]
        weight = self.times * (_K1 + 1) / (self.times + _K1 * (1 - _B + _B * length / mean_length))
        indices, values = (self.terms - 1).astype(">i4"), weight.round(3).astype(">f4")
        ends = np.searchsorted(self.owners, np.arange(self.texts + 1))
        return [
            SparseBytes(indices[start:end].tobytes(), values[start:end].tobytes())
            for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
        ]

    def _lengths(self) -> NDArray[np.float64]:
        return np.bincount(self.owners, self.times, minlength=self.texts).astype(np.float64)


def count_terms(session: Session, language: str, texts: Sequence[str]) -> CountedTerms:
    """The terms of each text in the library's language."""
    split = [indexed_words(language, text).split() for text in texts]
    lexemes = _lexemes(session, text_search_configuration(language), set[str]().union(*split))
    found = [b"".join(map(lexemes.__getitem__, words)) for words in split]
    owners = np.repeat(np.arange(len(found)), [len(terms) // _TERM.itemsize for terms in found])
    terms = np.frombuffer(b"".join(found), _TERM)
    keys, times = np.unique(owners << 32 | terms, return_counts=True)
    return CountedTerms(len(texts), keys >> 32, keys & 0xFFFFFFFF, times)


def remember_counts(session: Session, library: Library, counted: CountedTerms) -> None:
    """Add to the number of passages in which each term occurs; the library's row must be locked."""
    terms, passages = np.unique(counted.terms, return_counts=True)
    where = {"workspace": library.workspace_id, "library": library.id}
    session.execute(_ADD, {**where, "terms": _array(terms), "passages": _array(passages)})


def _array(numbers: NDArray[np.int64]) -> str:
    """As PostgreSQL reads an array; the driver takes ten times as long over a list."""
    return "{" + ",".join(map(str, numbers.tolist())) + "}"


def forget_terms(session: Session, library: Library, passage_ids: Sequence[int]) -> None:
    """Subtract what these passages counted; they must still be there."""
    where = {"workspace": library.workspace_id, "library": library.id}
    session.execute(_FORGET, {**where, "gone": list(passage_ids)})
    gone = sa.delete(TermCount).where(TermCount.library_id == library.id, TermCount.passages <= 0)
    session.execute(gone.where(TermCount.workspace_id == library.workspace_id))


def _lexemes(session: Session, configuration: str, words: set[str]) -> dict[str, bytes]:
    """The terms of each word (none of a stop word) as numbers of type `_TERM`, a third of the time of lists.

    PostgreSQL is asked for those that are not yet known.
    """
    known = _remembered.setdefault(configuration, {})
    if len(known) > _MOST_REMEMBERED:
        known = _remembered[configuration] = {}
    new = list(words.difference(known))
    if new:
        asked = {"configuration": configuration, "words": new}
        stemmed = session.execute(_LEXEMES, asked)
        known.update({word: np.array(terms, _TERM).tobytes() for word, terms in stemmed})
    return known
