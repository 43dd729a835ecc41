"""The four approaches and what each needs. Plain data; used throughout the comparison."""

from collections.abc import Sequence

from studio.errors import BadInput

# simplest first: among equals the earlier one is chosen
APPROACHES = ("base", "rag", "fine-tuned", "rag+fine-tuned")


def uses_passages(approach: str) -> bool:
    return approach.startswith("rag")


def uses_adapter(approach: str) -> bool:
    return approach.endswith("fine-tuned")


def possible(*, library: bool, adapter: bool) -> list[str]:
    """The approaches that can be measured with what there is."""
    return [
        approach
        for approach in APPROACHES
        if (library or not uses_passages(approach)) and (adapter or not uses_adapter(approach))
    ]


def check_approaches(wanted: Sequence[str], *, library: bool, adapter: bool) -> list[str]:
    """In their order, each once; raises BadInput for an unknown one or one that lacks what it needs."""
    for approach in wanted:
        if approach not in APPROACHES:
            raise BadInput(f"There is no approach “{approach}”; choose from {', '.join(APPROACHES)}.")
        if uses_passages(approach) and not library:
            raise BadInput(f"{approach} needs a library: choose one, or leave {approach} out.")
        if uses_adapter(approach) and not adapter:
            raise BadInput(f"{approach} needs an adapter: choose a run, or leave {approach} out.")
    if not wanted:
        raise BadInput("Choose at least one approach.")
    return [approach for approach in APPROACHES if approach in wanted]
