"""How the two sides of search become one order, as SQL. Used by search.

Each side's best hundred scores are standardised (z-scores) and added with the library's dense weight; a
passage that only one side found gets the other side's lowest z-score. Fusing ranks instead lost up to
19 points of nDCG where one side was weak.
"""

CANDIDATES = 100  # from each side

# needs a relation `scored` (id, lexical, cosine) and yields `fused` (id, score) with the best :limit, and
# each side's candidates, `lexical` and `dense`, with their rank on that side
FUSED = f"""lexical AS (
        SELECT id, rank() OVER (ORDER BY lexical DESC) AS rank,
            (lexical - avg(lexical) OVER ()) / nullif(stddev_pop(lexical) OVER (), 0) AS z
        FROM (
            SELECT id, lexical FROM scored WHERE lexical > 0 ORDER BY lexical DESC LIMIT {CANDIDATES}
        ) AS best
    ),
    dense AS (
        SELECT id, rank() OVER (ORDER BY cosine DESC) AS rank,
            (cosine - avg(cosine) OVER ()) / nullif(stddev_pop(cosine) OVER (), 0) AS z
        FROM (
            SELECT id, cosine FROM scored ORDER BY cosine DESC LIMIT {CANDIDATES}
        ) AS best
    ),
    fused AS (
        SELECT
            id,
            (1 - :dense_weight) * coalesce(lexical.z, (SELECT min(z) FROM lexical), 0)
                + :dense_weight * coalesce(dense.z, (SELECT min(z) FROM dense), 0) AS score
        FROM lexical
        FULL JOIN dense USING (id)
        ORDER BY score DESC, id
        LIMIT :limit
    )"""
