"""Training sets as immutable versions: saved, checked, listed, compared, written out."""

from studio.training_sets.versions.listing import (
    Find,
    Page,
    VersionView,
    examples,
    find_examples,
    get_version,
    list_versions,
)
from studio.training_sets.versions.saving import Saving, save_rows, save_training_set
from studio.training_sets.versions.stored import ExampleView, Split

__all__ = [
    "ExampleView",
    "Find",
    "Page",
    "Saving",
    "Split",
    "VersionView",
    "examples",
    "find_examples",
    "get_version",
    "list_versions",
    "save_rows",
    "save_training_set",
]
