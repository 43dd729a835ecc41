"""Checks what an embedding server sent before anything is stored or compared. Called by the client."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError


def checked_vectors(
    raw: Sequence[Sequence[float]], expected: int, dimension: int | None
) -> NDArray[np.float32]:
    """Unit-length float32 vectors of shape (expected, dimension), or a sentence about what is wrong."""
    if len(raw) != expected:
        raise StudioError(
            f"The embedding server sent {len(raw)} vectors for {expected} texts; nothing was stored."
        )
    widths = sorted({len(row) for row in raw})
    wanted = dimension or widths[0]
    if widths != [wanted]:
        raise StudioError(
            f"The embedding server sent vectors of width {', '.join(map(str, widths))} instead of {wanted}; "
            "it runs another model than this library was built with."
        )
    with np.errstate(over="ignore"):  # what is too large becomes infinite and is refused
        vectors = np.asarray(raw, dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not (lengths > 0).all():
        raise StudioError("The embedding server sent vectors that are not numbers; restart it and try again.")
    unit: NDArray[np.float32] = vectors / lengths
    return unit
