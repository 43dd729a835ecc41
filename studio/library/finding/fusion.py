"""How the two sides of search become one order: as SQL for search, in numpy for trying several weights.

Each side's best hundred scores are standardised (z-scores) and added with the library's dense weight; a
passage that only one side found gets the other side's lowest z-score. Fusing ranks instead lost up to
19 points of nDCG where one side was weak; dividing by each side's best score did as well at the best weight
and lost more beside it. Where words found fewer than a hundred, a passage without any of them counts
as well, with its score of 0, so that a word that stands in one passage only tells that passage apart.
"""

import numpy as np
from numpy.typing import NDArray

CANDIDATES = 100  # from each side
Scores = NDArray[np.float64]

# needs a relation `scored` (id, sheet, lexical, cosine), in which 0 and NULL mean that a side did not find
# it, and yields each side's candidates, `lexical` and `dense`, with their rank on that side
SIDES = f"""lexical AS (
        SELECT id, sheet, rank() OVER (ORDER BY lexical DESC) AS rank,
            (lexical - avg(lexical) OVER ()) / nullif(stddev_pop(lexical) OVER (), 0) AS z
        FROM (
            SELECT id, sheet, lexical FROM scored WHERE lexical > 0
            UNION ALL SELECT NULL, NULL, 0
            ORDER BY lexical DESC LIMIT {CANDIDATES}
        ) AS best
    ),
    dense AS (
        SELECT id, sheet, rank() OVER (ORDER BY cosine DESC) AS rank,
            (cosine - avg(cosine) OVER ()) / nullif(stddev_pop(cosine) OVER (), 0) AS z
        FROM (
            SELECT id, sheet, cosine FROM scored
            WHERE cosine IS NOT NULL
            ORDER BY cosine DESC LIMIT {CANDIDATES}
        ) AS best
    )"""
# then `fused`: the candidates of both sides with their score
FUSED = f"""{SIDES},
    fused AS (
        SELECT
            id,
            coalesce(lexical.sheet, dense.sheet) AS sheet,
            lexical.rank AS lexical_rank,
            dense.rank AS dense_rank,
            (1 - :dense_weight) * coalesce(lexical.z, (SELECT min(z) FROM lexical), 0)
                + :dense_weight * coalesce(dense.z, (SELECT min(z) FROM dense), 0) AS score
        FROM lexical
        FULL JOIN dense USING (id)
        WHERE id IS NOT NULL
    )"""


def fuse(lexical: Scores, cosine: Scores, dense_weight: float) -> Scores:
    """The same for passages among which all candidates of both sides are; -inf: a candidate of neither."""
    words, named = _standardised(lexical, lowest=0.0)
    meaning, near = _standardised(cosine, lowest=-np.inf)
    score: Scores = (1 - dense_weight) * words + dense_weight * meaning
    return np.where(named | near, score, -np.inf)


def _standardised(scores: Scores, lowest: float) -> tuple[Scores, NDArray[np.bool_]]:
    """z-scores, the lowest of them for whoever is no candidate; and who is one."""
    best = np.argsort(-scores, kind="stable")[:CANDIDATES]
    best = best[scores[best] > lowest]
    sample = scores[best]
    if np.isfinite(lowest) and best.size < CANDIDATES:
        sample = np.append(sample, lowest)
    spread = sample.std() if sample.size else 0.0
    chosen = np.zeros(scores.size, bool)
    chosen[best] = True
    if not spread:
        return np.zeros(scores.size), chosen
    z = np.full(scores.size, (sample.min() - sample.mean()) / spread)
    z[best] = (scores[best] - sample.mean()) / spread
    return z, chosen
