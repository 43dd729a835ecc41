"""Tables on their way to becoming a version: received, read by a job, corrected, saved."""

from studio.training_sets.imports.previewing import Preview, preview
from studio.training_sets.imports.requests import (
    change,
    discard,
    get,
    list_open,
    read_now,
    receive,
    retry,
    save,
    stop,
)
from studio.training_sets.imports.view import ImportView, rows_at

__all__ = [
    "ImportView",
    "Preview",
    "change",
    "discard",
    "get",
    "list_open",
    "preview",
    "read_now",
    "receive",
    "retry",
    "rows_at",
    "save",
    "stop",
]
