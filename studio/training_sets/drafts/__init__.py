"""Drafts: changes to a version that are not saved yet. Every action is a step with a label and can be undone.

A draft lives in the database, so it survives a closed tab; there is one for each training set, and two people
who edit it add steps to the same one. `edits` is what can be done to it.
"""

from studio.training_sets.drafts.opening import DraftView, discard, get_draft, list_drafts, open_draft, rows
from studio.training_sets.drafts.saving_job import save, stop_saving
from studio.training_sets.drafts.stepping import StepView, steps, undo

__all__ = [
    "DraftView",
    "StepView",
    "discard",
    "get_draft",
    "list_drafts",
    "open_draft",
    "rows",
    "save",
    "steps",
    "stop_saving",
    "undo",
]
