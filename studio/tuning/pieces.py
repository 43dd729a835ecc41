"""How many tokens go through the model at once. Read by the estimate and by the training process.

A batch of long examples is taken in pieces whose gradients are added up: the same step, in the memory of one
piece. More tokens at once than these make no run faster, since they occupy the device already.
"""

MOST_ON_CPU, MOST_ON_GPU = 2048, 8192


def most_at_once(*, on_gpu: bool) -> int:
    """Tokens of a piece, padding included, unless a single example is longer."""
    return MOST_ON_GPU if on_gpu else MOST_ON_CPU


def tokens_at_once(batch_size: int, longest: int, *, on_gpu: bool) -> int:
    """At most so many of a batch whose longest example has `longest` tokens."""
    return min(batch_size * longest, max(longest, most_at_once(on_gpu=on_gpu)))
