"""The approaches, what each needs and whose adapter each asks. Plain data; used wherever they are named."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from studio.errors import BadInput

# simplest first: among equals the earlier one is chosen
COMPETING = ("base", "rag", "fine-tuned", "rag+fine-tuned")
# "combined" stands beside "rag+fine-tuned", to show what training with passages is worth
APPROACHES = (*COMPETING, "combined")
NAMES = {
    "base": "Base model",
    "rag": "RAG",
    "fine-tuned": "Fine-tuned",
    "rag+fine-tuned": "RAG + fine-tuned",
    "combined": "RAG + plain adapter",
}
_WITH_PASSAGES = ("rag", "rag+fine-tuned", "combined")
_WITH_ADAPTER = ("fine-tuned", "rag+fine-tuned", "combined")


@dataclass(frozen=True)
class Means:
    """What there is to compare with. `second`: an adapter that was trained with passages in its prompts.

    Then "rag+fine-tuned" asks that one, and "combined" gives the passages to the first, trained without.
    """

    library: bool = False
    adapter: bool = False
    second: bool = False


def in_order(named: Container[str]) -> list[str]:
    """The approaches that are among these, simplest first: the database forgets the order of keys."""
    return [approach for approach in APPROACHES if approach in named]


def uses_passages(approach: str) -> bool:
    return approach in _WITH_PASSAGES


def runs_asked(
    approaches: Sequence[str], run_id: int | None, passages_run_id: int | None
) -> dict[str, int | None]:
    """The run whose adapter each of these approaches asks, of those that ask one."""
    second = passages_run_id or run_id
    return {
        approach: second if approach == "rag+fine-tuned" else run_id
        for approach in approaches
        if approach in _WITH_ADAPTER
    }


def possible(means: Means) -> list[str]:
    """The approaches that can be measured with what there is."""
    return [approach for approach in APPROACHES if not _lacks(approach, means)]


def check_approaches(wanted: Sequence[str], means: Means) -> list[str]:
    """In their order, each once; raises BadInput for an unknown one or one that lacks what it needs."""
    for approach in wanted:
        if approach not in APPROACHES:
            raise BadInput(f"There is no approach “{approach}”; choose from {', '.join(APPROACHES)}.")
        if lacking := _lacks(approach, means):
            raise BadInput(f"{approach} needs {lacking}, or leave {approach} out.")
    if not wanted:
        raise BadInput("Choose at least one approach.")
    return in_order(wanted)


def _lacks(approach: str, means: Means) -> str:
    """What an approach needs and is not there; empty where nothing is missing."""
    if uses_passages(approach) and not means.library:
        return "a library: choose one"
    if approach in _WITH_ADAPTER and not means.adapter:
        return "an adapter: choose a run"
    if approach == "combined" and not means.second:
        return "a second adapter that was trained with passages: choose its run"
    return ""
