"""A share with its 95 % interval. Called by probes of training sets."""

import math
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Share:
    """`share` of `sample` judged examples, None where none was judged; low and high bound it."""

    share: float | None = None
    low: float | None = None
    high: float | None = None
    sample: int = 0


def share_of(right: int, judged: int) -> Share:
    """Wilson's score interval (1927), which holds for small samples and for shares near 0 and 1."""
    if not judged:
        return Share()
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)
    share, spread = right / judged, z * z / judged
    middle = (share + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * math.sqrt(share * (1 - share) / judged + spread / (4 * judged))
    return Share(
        round(share, 4), round(max(0.0, middle - reach), 4), round(min(1.0, middle + reach), 4), judged
    )
