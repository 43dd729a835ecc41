"""`ingest`, `ask`: documents in, answers that show their source."""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from studio.commands import arguments
from studio.commands.waiting import wait_until
from studio.engine.client import open_engine
from studio.errors import BadInput, NotFound
from studio.jobs.queue import is_asked
from studio.library.answering.answers import NOTHING_SAID, Cited, Talk, answer
from studio.library.documents import (
    DocumentView,
    LibraryProgress,
    count_states,
    library_progress,
    list_documents,
)
from studio.library.embedding.choices import service_named
from studio.library.finding.languages import AUTOMATIC
from studio.library.intake.adding import Added, add_documents
from studio.library.intake.ingest import INGEST
from studio.library.intake.states import WORKING
from studio.library.libraries import LibraryView, create_library, find_library
from studio.library.quality.measuring import MEASURE
from studio.library.removing import delete_library
from studio.models.adapters import adapter_of_run
from studio.store.database import Workspace
from studio.training_sets.reading import read_table

ROWS_SHOWN = 20
SECONDS_BETWEEN_NOTES = 2.0
INTERRUPTED = (
    "Interrupted. What was taken in stays in the queue: give the same command again to go on, "
    "or start `python -m studio up`."
)
NOT_KEPT = "\nThe library was not made, as no document could be read."


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the commands about documents."""
    ingest = arguments.add(commands, "ingest", "bring files into a library", run_ingest)
    ingest.add_argument(
        "paths", nargs="+", metavar="PATH", help='files, folders, or rows {"_id","title","text"}'
    )
    ingest.add_argument(
        "--language",
        default=AUTOMATIC,
        help="of a library that is made now (default: its first documents tell)",
    )
    ingest.add_argument(
        "--embedding", metavar="MODEL", help="of a library that is made: a name, or https://host/v1#model"
    )
    ingest.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="TAG",
        help="give these documents a tag; can be repeated",
    )
    ask = arguments.add(commands, "ask", "answer a question with its sources", run_ask)
    ask.add_argument("question", nargs="?")
    ask.add_argument("--questions", metavar="FILE", help="a CSV with a question column: all are answered")
    ask.add_argument("--adapter", type=int, metavar="RUN", help="answer with the adapter of this run")
    for parser in (ingest, ask):
        parser.add_argument("--library", required=True, metavar="NAME")


def run_ingest(given: argparse.Namespace) -> int:
    """Exit code 1 when a document failed or was refused; the others are in."""
    try:
        return _ingest(given, arguments.open_room(given))
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        raise


def _ingest(given: argparse.Namespace, room: Workspace) -> int:
    library, added, made = _add(given, room)
    _wait(given, room, library.id, added)
    done = list_documents(room, library.id, added)
    kept = not made or any(document.state == "ready" for document in done)
    if not kept:
        delete_library(room, library.id)
    result = {
        "library": library.id if kept else None,
        "documents": [asdict(one) for one in done],
        "refused": added.refused,
        "notes": added.notes,
        "unchanged": added.unchanged,
    }
    arguments.show(given, result, _receipts(done, added) + ("" if kept else NOT_KEPT))
    return int(bool(added.refused) or any(document.state == "failed" for document in done))


def _add(given: argparse.Namespace, room: Workspace) -> tuple[LibraryView, Added, bool]:
    """Into the named library, or one made now (then True), which is not left behind empty."""
    try:
        library, made = find_library(room, given.library), False
    except NotFound:
        service = service_named(room.settings, given.embedding) if given.embedding else None
        library, made = create_library(room, given.library, given.language, service=service), True
    try:
        return library, add_documents(room, library.id, [Path(path) for path in given.paths], given.tag), made
    except BadInput:
        if made:
            delete_library(room, library.id)
        raise


def _wait(given: argparse.Namespace, room: Workspace, library_id: int, ids: list[int]) -> None:
    """Until all are read."""
    said = 0.0

    def settled() -> bool:
        nonlocal said
        states = count_states(room, ids)
        if time.monotonic() - said > SECONDS_BETWEEN_NOTES:
            said = time.monotonic()
            arguments.note(given, _progress(states, library_progress(room, library_id)))
        return not any(state in WORKING for state in states) and not is_asked(room, INGEST, MEASURE)

    wait_until(settled, room.settings, ["documents"])


def _progress(states: dict[str, int], library: LibraryProgress) -> str:
    left = f", about {library.seconds_left:.0f} seconds left" if library.seconds_left else ""
    return _ready(states.get("ready", 0), sum(states.values())) + left


def _ready(ready: int, all_: int) -> str:
    return f"{ready} of {all_} {'document is' if all_ == 1 else 'documents are'} ready"


def _receipts(documents: list[DocumentView], added: Added) -> str:
    failed = [document for document in documents if document.state == "failed"]
    ready = [document for document in documents if document.state == "ready"]
    passages = sum(document.passages or 0 for document in ready)
    lines = [_ready(len(ready), len(documents)) + f", in {passages} passage{'' if passages == 1 else 's'}."]
    lines += [f"{added.unchanged} of them were there already, unchanged."] if added.unchanged else []
    lines += added.notes
    lines += [f"{document.name}: {'; '.join(document.warnings)}" for document in ready if document.warnings]
    lines += [f"failed: {document.error}" for document in failed]
    return "\n".join([*lines[:ROWS_SHOWN], *(f"refused: {sentence}" for sentence in added.refused)])


def run_ask(given: argparse.Namespace) -> int:
    """Stream one answer, or answer every question of a file."""
    room = arguments.open_room(given)
    library = find_library(room, given.library)
    adapter = _adapter(room, given.adapter)
    engine = open_engine(room.settings)
    asked = _questions(Path(given.questions)) if given.questions else [_question(given)]
    answers = []
    for question in asked:
        for piece in answer(room, engine, library.id, question, Talk(adapter=adapter)):
            if isinstance(piece, Cited):
                answers.append({"question": question, **asdict(piece)})
            if not given.json:
                print(_sources(piece) if isinstance(piece, Cited) else piece, end="", flush=True)
    if given.json:
        print(json.dumps(answers if given.questions else answers[0], ensure_ascii=False))
    return 0


def _sources(cited: Cited) -> str:
    used = [citation for citation in cited.citations if citation.used]
    lines = [
        f"  [{citation.number}] {citation.document}, {citation.place}" for citation in used or cited.citations
    ]
    if cited.citations and not used:
        said = "No passage supports this answer: do not rely on it. " * (not cited.refused)
        said = f"{NOTHING_SAID} " if cited.text == NOTHING_SAID else said
        lines.insert(0, f"  {said}Nearest passages:")
    lines += [f"  {choice.title}" for choice in cited.choices]
    if cited.looked_up:
        lines.append(f"  Looked for: {cited.looked_up}")
    if cited.left_out:
        lines.append(f"  Left out, too long for the model: {'; '.join(cited.left_out)}")
    return "\n" + "".join(f"{line}\n" for line in lines)


def _adapter(room: Workspace, run_id: int | None) -> int | None:
    return None if run_id is None else adapter_of_run(room, run_id).id


def _question(given: argparse.Namespace) -> str:
    if not given.question:
        raise BadInput("Give a question, or a file of them.")
    return str(given.question)


def _questions(path: Path) -> list[str]:
    table = read_table(path, path.name)
    column = next((c for c in table.columns if c.strip().lower() in ("question", "prompt")), table.columns[0])
    at = table.columns.index(column)
    return [row[at] for row in table.rows]
