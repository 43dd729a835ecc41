"""Which passages a question is scored against, as SQL that yields `scored` (id, sheet, lexical, cosine).

A small library is scored whole, so nothing is missed. In a large one two indexes bring candidates, and only
these are scored, by the same two formulas: the library's own HNSW index the nearest by meaning, and
`term_passages` the best by the question's rarest words. Where one side has no weight the other alone looks.
Used by search; `fusion` goes on from here.
"""

from dataclasses import dataclass
from typing import Literal

from studio.library.finding.filters import Filter
from studio.library.finding.fusion import CANDIDATES
from studio.library.finding.terms import ASKED_TERMS

_WORD_CANDIDATES = 2 * CANDIDATES  # frequent words may still change their order
_LEAST_REACH = 5000
# With order and limit the passages after the lists are read by their ids, whatever a plan expects.
_MOST_LATE = 5000

_ASKED = f"""{ASKED_TERMS},
    asked AS MATERIALIZED (
        SELECT asked_terms.terms, CAST(:vector AS halfvec) AS vector FROM asked_terms
    )"""
LEXICAL = "-(passages.terms <#> asked.terms)"
_COSINE = "-(passages.{} <#> asked.vector)"
COSINE = _COSINE.format("embedding")
_HERE = "passages.workspace_id = :workspace AND passages.library_id = :library AND passages.kind <> 'summary'"

_NEAR = """
    near AS MATERIALIZED (
        SELECT id, kind = 'sheet' AS sheet, -(embedding <#> CAST(:vector AS halfvec)) AS cosine FROM passages
        WHERE workspace_id = :workspace AND library_id = :library AND kind <> 'summary' {allowed}
        ORDER BY (embedding::halfvec({dimension})) <#> CAST(:vector AS halfvec({dimension}))
        LIMIT {near}
    ),"""
_NAMED = """
    reached AS (
        SELECT term, rarity
        FROM (
            SELECT *, sum(least(passages, :reach)) OVER (ORDER BY passages, term) AS together,
                row_number() OVER (ORDER BY passages, term) AS place
            FROM rare
        ) AS by_rarity
        WHERE together <= :reach OR place = 1
    ),
    held AS (
        SELECT reached.rarity, unnest(term_passages.passages) AS id, unnest(term_passages.weights) AS weight
        FROM reached
        JOIN term_passages ON term_passages.workspace_id = :workspace
            AND term_passages.library_id = :library AND term_passages.term = reached.term
    ),
    named AS MATERIALIZED (
        SELECT held.id
        FROM held {named_allowed}
        GROUP BY held.id
        ORDER BY sum(held.rarity * held.weight) DESC
        LIMIT {word_candidates}
    ),
    late AS (
        SELECT id FROM passages
        -- two ends of the index (library_id, id): with library_id = ... all of the library would be walked
        WHERE workspace_id = :workspace AND (library_id, id) > (:library, :terms_through)
            AND (library_id, id) <= (:library, 9223372036854775807) AND kind <> 'summary' {allowed}
        ORDER BY library_id, id
        LIMIT {most_late}
    ),"""


@dataclass(frozen=True)
class Sides:
    """Which sides count, how many of the nearest an index is asked for, which vectors a scan compares."""

    words: bool = True
    meaning: bool = True
    near: int = CANDIDATES
    vectors: Literal["embedding", "next_embedding"] = "embedding"

    @property
    def scores(self) -> str:
        """SQL of the scores of a passage; a side that does not count costs nothing."""
        lexical = LEXICAL if self.words else "CAST(0 AS float8)"
        cosine = _COSINE.format(self.vectors) if self.meaning else "CAST(NULL AS float8)"
        return f"passages.id, passages.kind = 'sheet' AS sheet, {lexical} AS lexical, {cosine} AS cosine"

    @property
    def candidates(self) -> str:
        """SQL of `scored` for what the indexes name, with places to fill in."""
        if not self.words:  # then these have their scores already
            return f"{_NEAR} scored AS (SELECT id, sheet, CAST(0 AS float8) AS lexical, cosine FROM near)"
        relations = self.meaning * ["near"] + ["named", "late"]
        union = " UNION ".join(f"SELECT id FROM {one}" for one in relations)
        return f"""{self.meaning * _NEAR} {_NAMED}
    scored AS MATERIALIZED (
        SELECT {self.scores}
        FROM passages, asked
        WHERE {_HERE} AND passages.id = ANY(ARRAY({union}))
    )"""


BOTH = Sides()
BESIDE = Sides(vectors="next_embedding")  # as if the model that is built beside were in use


def word_reach(passages: int) -> int:
    """In how many passages a question's rarest words may stand together to name candidates.

    A fifth of the library: of 100,000 made-up passages without any rare word the best ten were then 98.6 %
    those of an exact scan, with 5,000 only 80 %; real words were content with 5,000 (99.3 %).
    """
    return max(_LEAST_REACH, passages // 5)


def scored_whole(wanted: Filter, sides: Sides = BOTH) -> str:
    """Every passage of the library, or every one that passes the filter."""
    allowed = f"AND document_id = ANY(ARRAY({wanted.allowed()}))" if wanted else ""
    return f"""{_ASKED},
    scored AS MATERIALIZED (
        SELECT {sides.scores}
        FROM passages, asked
        WHERE {_HERE} {allowed}
    )"""


def scored_by_index(
    workspace_id: int, library_id: int, dimension: int, wanted: Filter, sides: Sides = BOTH
) -> str:
    """The candidates of both indexes. The two ids stand in the text: a partial index is used for nothing
    else, and a plan made for any library would be a bad one for this."""
    # inside coalesce it stays a look into a hash table; as a join it would keep the index from being used
    allowed = f"AND coalesce(document_id IN ({wanted.allowed()}), false)" if wanted else ""
    named = f"JOIN passages ON passages.id = held.id WHERE {_HERE} {allowed}" if wanted else ""
    candidates = sides.candidates.format(
        dimension=int(dimension),
        near=sides.near,
        word_candidates=_WORD_CANDIDATES,
        most_late=_MOST_LATE,
        allowed=allowed,
        named_allowed=named,
    )
    scored = f"{_ASKED},{candidates}"
    return scored.replace(":workspace", str(int(workspace_id))).replace(":library", str(int(library_id)))
