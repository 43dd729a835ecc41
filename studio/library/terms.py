"""The lexical side of search: BM25 as one sparse vector per passage, counted and scored by PostgreSQL.

A passage's vector holds the term-frequency part of BM25, a question's vector the rarity of its terms;
their inner product is the BM25 score. Called when passages are stored or deleted and by search.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.store.tables import TERM_DIMENSIONS, Library, TermCount

# BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009):
# tf (k1 + 1) / (tf + k1 (1 - b + b length / mean))
WEIGHT = "round((times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length / :mean_terms)))::numeric, 3)"

# A lexeme's dimension; not hashtext(), whose values may change between versions of PostgreSQL.
TERM = f"(1 + ('x' || left(md5(lexeme), 8))::bit(32)::bigint % {TERM_DIMENSIONS - 1})::int"

# needs a relation `arriving` (document_id, position, words) and yields `counted`, `weighted`
COUNTING = f"""
counted AS MATERIALIZED (
    SELECT document_id, position, {TERM} AS term, sum(cardinality(positions)) AS times
    FROM arriving, unnest(to_tsvector(CAST(:configuration AS regconfig), words))
    GROUP BY document_id, position, term
),
weighted AS (
    SELECT document_id, position, string_agg(term || ':' || {WEIGHT}, ',' ORDER BY term) AS weights
    FROM (
        SELECT *, sum(times) OVER (PARTITION BY document_id, position)::float8 AS length FROM counted
    ) AS measured
    GROUP BY document_id, position
)"""


def as_vector(weights: str) -> str:
    """SQL that makes a sparse vector of `term:weight,term:weight`."""
    return f"CAST('{{' || coalesce({weights}, '') || '}}/{TERM_DIMENSIONS}' AS sparsevec)"


# yields `asked_terms` with one row: the question's terms by their rarity in the library
ASKED_TERMS = f"""
asked_terms AS (
    SELECT {as_vector("string_agg(term || ':' || rarity, ',' ORDER BY term)")} AS terms
    FROM (
        SELECT
            term_counts.term,
            round(ln(1 + (greatest(libraries.passage_count - term_counts.passages, 0) + 0.5)
                / (term_counts.passages + 0.5))::numeric, 4) AS rarity
        FROM libraries
        JOIN term_counts ON term_counts.workspace_id = libraries.workspace_id
            AND term_counts.library_id = libraries.id
        WHERE libraries.workspace_id = :workspace AND libraries.id = :library
            AND term_counts.term = ANY(ARRAY(
                SELECT {TERM} FROM unnest(to_tsvector(CAST(:configuration AS regconfig), :words))
            ))
    ) AS rare
    WHERE rarity > 0
)"""

_FORGET = sa.text(
    """
    WITH gone AS (
        SELECT split_part(entry, ':', 1)::int AS term, count(*) AS passages
        FROM passages, regexp_split_to_table(substring(terms::text FROM '{(.*)}'), ',') AS entry
        WHERE workspace_id = :workspace AND document_id = ANY(:documents) AND entry <> ''
        GROUP BY term
    )
    UPDATE term_counts SET passages = term_counts.passages - gone.passages
    FROM gone
    WHERE term_counts.workspace_id = :workspace AND library_id = :library AND term_counts.term = gone.term
    """
)


def forget_terms(session: Session, library: Library, document_ids: list[int]) -> None:
    """Subtract what these documents counted; their passages must still be there."""
    where = {"workspace": library.workspace_id, "library": library.id}
    session.execute(_FORGET, {**where, "documents": document_ids})
    gone = sa.delete(TermCount).where(TermCount.library_id == library.id, TermCount.passages <= 0)
    session.execute(gone.where(TermCount.workspace_id == library.workspace_id))
