"""Which questions an approach got right, and the kinds that people look for. Pure; called by pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.approaches import NAMES

ALIKE = 0.5  # token F1 from which an answer without figures counts as right, as it does for probes
ALL, ALL_RIGHT, NONE_RIGHT, UNANSWERABLE, REFUSED = (
    "All", "All right", "None right", "Not answerable", "Refused wrongly",
)  # fmt: skip

Answer = Mapping[str, Any]


def is_right(answer: Answer, approach: str) -> bool | None:
    """By its label, its figures or its words, whichever the reference has; None where it was not asked."""
    scores = (answer.get("scores") or {}).get(approach)
    if not scores:
        return None
    for name in ("refusal_right", "label_right", "figures_right"):
        if name in scores:
            return bool(scores[name] == 1.0)
    return bool(scores.get("exact_match") == 1.0 or scores.get("token_f1", 0.0) >= ALIKE)


def only_right(approach: str) -> str:
    """What the filter is called that keeps what this approach alone got right."""
    return f"Only {NAMES[approach]} right"


def kinds_of(answer: Answer, approaches: Sequence[str]) -> set[str]:
    """Every filter that this question passes."""
    right = [name for name in approaches if is_right(answer, name)]
    asked = [name for name in approaches if is_right(answer, name) is not None]
    found = {ALL}
    if len(right) == 1 and len(asked) > 1:
        found.add(only_right(right[0]))
    if asked:
        found |= {ALL_RIGHT} if len(right) == len(asked) else {NONE_RIGHT} if not right else set()
    if not answer.get("answerable", True):
        return found | {UNANSWERABLE}
    refused = any(answer["scores"][name].get("answered") == 0.0 for name in asked)
    return found | ({REFUSED} if refused else set())


def filters(answers: Sequence[Answer], approaches: Sequence[str]) -> dict[str, list[int]]:
    """The filters that keep something, each with the places of the questions it keeps."""
    order = [ALL, *map(only_right, approaches), ALL_RIGHT, NONE_RIGHT, UNANSWERABLE, REFUSED]
    passed = [kinds_of(answer, approaches) for answer in answers]
    kept = {name: [at for at, kinds in enumerate(passed) if name in kinds] for name in order}
    return {name: places for name, places in kept.items() if places}
