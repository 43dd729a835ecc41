"""Brings the files of `advise` in: documents as a library, examples as a training set, questions as a set.

The same files again give the same library, version and question set.
"""

import argparse
from pathlib import Path

from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.comparison.question_sets import read_questions, save_question_set
from studio.errors import BadInput, NotFound
from studio.jobs.queue import is_asked
from studio.library.documents import count_states
from studio.library.intake.adding import add_documents
from studio.library.intake.ingest import INGEST
from studio.library.intake.states import WORKING as BEING_READ
from studio.library.libraries import create_library, find_library
from studio.library.quality.measuring import MEASURE
from studio.store.database import Workspace
from studio.training_sets.reading import read_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, save_training_set

LIBRARY = "Pilot: {}"
LEAST_HELD_OUT, MOST_HELD_OUT = 0.1, 0.3


def stored_version(room: Workspace, path: Path, questions: int) -> int:
    """Holds out as many as are to be asked, if that leaves enough to train on."""
    table = read_table(path, path.name)
    share = min(MOST_HELD_OUT, max(LEAST_HELD_OUT, questions / max(1, len(table.rows))))
    saving = Saving(path.name, room.blobs.put(path), held_out_share=share)
    return save_training_set(room, path.stem, table, guess_mapping(table), saving)


def stored_library(given: argparse.Namespace, room: Workspace) -> int:
    """Of these documents; the same command again takes the same library."""
    paths = [Path(path) for path in given.documents]
    name = LIBRARY.format(paths[0].resolve().name)
    try:
        library_id = find_library(room, name).id
    except NotFound:
        library_id = create_library(room, name).id
    added = add_documents(room, library_id, paths)

    def settled() -> bool:
        states = count_states(room, added)
        arguments.note(given, f"{states.get('ready', 0)} of {len(added)} documents are ready")
        return not any(state in BEING_READ for state in states) and not is_asked(room, INGEST, MEASURE)

    wait_until(settled, room.settings, ["documents"])
    if not count_states(room, added).get("ready"):
        raise BadInput(f"None of the documents could be read: {'; '.join(added.refused) or 'see `ingest`'}.")
    return library_id


def stored_questions(room: Workspace, path: Path) -> int:
    """As a question set of that name."""
    return save_question_set(room, path.stem, read_questions(path, path.name), source=path.name)
