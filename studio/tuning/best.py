"""Which of the measured adapters is the best, and how long nothing better came. Used by the training process.

`Checks` maps the step of every held-out check to its loss. The check at step 0 is none of them: nothing has
been trained there that could be kept.
"""

Checks = dict[int, float]


def ranked(checks: Checks) -> list[int]:
    """The steps, best first; of equals the earlier."""
    return sorted(checks, key=lambda step: (checks[step], step))


def best_of(checks: Checks) -> int | None:
    """The step with the lowest loss; None before the first check."""
    return next(iter(ranked(checks)), None)


def checks_since_best(checks: Checks) -> int:
    """How many checks in a row brought nothing better."""
    best = best_of(checks)
    return 0 if best is None else sum(step > best for step in checks)


def best_as_of(checks: Checks, steps: list[int]) -> set[int]:
    """The best that was known at each of these steps: who goes back to one of them still needs it."""
    known = ({at: loss for at, loss in checks.items() if at <= step} for step in steps)
    return {best for best in map(best_of, known) if best is not None}
