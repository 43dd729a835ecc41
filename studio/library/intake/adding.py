"""Takes files into a library: checked, registered, read by a job. Called by pages and commands."""

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from studio.errors import BadInput
from studio.library.intake.names import display_name, free_name, storable
from studio.library.intake.refusals import Refusal, refusal_of, settle_refusals
from studio.library.intake.registering import Incoming, register
from studio.library.libraries import get_library
from studio.library.parse import expand, jsonl
from studio.library.parse.precheck import check_readable
from studio.library.parse.recognise import check_file
from studio.library.tags import checked_tags
from studio.store.blobs import Received
from studio.store.database import Workspace

_LONGEST_ID_SHOWN = 200
_FILES_AT_ONCE = 50  # become documents in one transaction and are read by one job
_SECONDS_AT_ONCE = 1.0


@dataclass(frozen=True)
class Upload:
    """A file from a browser: the name it had there and its content."""

    name: str
    content: BinaryIO | Path


class Added(list[int]):
    """The ids of the documents, a sentence for each file that was refused, and what else is to be said.

    `unchanged` counts those that were there already.
    """

    def __init__(
        self, ids: Iterable[int], refused: Sequence[str], notes: Sequence[str] = (), unchanged: int = 0
    ) -> None:
        super().__init__(ids)
        self.refused = list(refused)
        self.notes = list(notes)
        self.unchanged = unchanged


def add_documents(
    room: Workspace, library_id: int, files: Sequence[Path | Upload], tags: Sequence[str] = ()
) -> Added:
    """Store files, archives, or every file of a folder, and ask for them to be read.

    The same content again is the same document. Raises BadInput when every file is refused; of a refused
    file nothing is kept but its name and the reason.
    """
    get_library(room, library_id)
    adding = _Adding(room, library_id, checked_tags(tags))
    try:
        for upload in _uploads(files):
            adding.take(upload)
        adding.flush()
    finally:
        for received in adding.received:
            received.discard()
    refused = [refusal.reason for refusal in adding.refused]
    if refused and not adding.ids:
        raise BadInput("\n".join(refused))
    return Added(dict.fromkeys(adding.ids), refused, adding.notes, adding.unchanged)


def _uploads(files: Sequence[Path | Upload]) -> Iterator[Upload]:
    """A folder's files carry their path below it as name, so that two README.md stay two documents."""
    for file in files:
        if isinstance(file, Upload):
            yield file
        elif file.is_dir():
            for path in sorted(file.rglob("*")):
                hidden = any(part.startswith(".") for part in path.relative_to(file).parts)
                if path.is_file() and not path.is_symlink() and not hidden:
                    yield Upload(path.relative_to(file).as_posix(), path)
        elif file.is_file():
            yield Upload(file.name, file)
        else:
            raise BadInput(f"There is no file {file}.")


@dataclass
class _Adding:
    """One upload of many files: what was taken, what was refused, and what is received but not registered."""

    room: Workspace
    library_id: int
    tags: tuple[str, ...]
    ids: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    settled: int = 0  # of them, kept in the database already
    notes: list[str] = field(default_factory=list)
    unchanged: int = 0
    names: dict[str, str] = field(default_factory=dict)
    waiting: list[Incoming] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    archive: str = ""  # the one being unpacked
    began: float = field(default_factory=time.monotonic)

    def take(self, upload: Upload) -> None:
        """Keeps the sentence of a refusal; the other files go on."""
        try:
            if upload.name.lower().endswith(".zip"):
                self._take_archive(upload)
            else:
                self._take_file(upload)
        except BadInput as problem:
            refused = refusal_of(upload.name, problem)
            packed = f" It is in {self.archive}." if self.archive else ""
            self.refused.append(replace(refused, reason=refused.reason + packed))
        if len(self.waiting) >= _FILES_AT_ONCE or time.monotonic() - self.began > _SECONDS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Make documents of what was received, and keep why the others are none."""
        self._register(self.waiting, self.received)
        taken = self.names.keys() - {refusal.name for refusal in self.refused}
        settle_refusals(self.room, self.library_id, self.refused[self.settled :], taken)
        self.settled = len(self.refused)
        self.waiting, self.received, self.began = [], [], time.monotonic()

    def _take_archive(self, upload: Upload) -> None:
        """Every file inside is a document named by its path there."""
        name = display_name(upload.name)
        with _on_disk(upload.content) as path:
            check_file(path, name)
            for inside, unpacked in expand(path, name):
                self.archive = name
                self.take(Upload(inside, unpacked))
                self.archive = ""
        self.names[name] = ""

    def _take_file(self, upload: Upload) -> None:
        name = display_name(upload.name)
        if isinstance(upload.content, Path):
            check_readable(upload.content, name)
        received = self.room.blobs.receive(upload.content)
        try:
            if not isinstance(upload.content, Path):
                check_readable(received.path, name)
            name = self._distinct(name, received.sha256)
            if name.lower().endswith(".jsonl"):
                self._register(_rows(received.path, name, received.sha256), [received])
            else:
                self.waiting.append(Incoming(name, received.sha256, received.size))
                self.received.append(received)
        except BadInput:
            received.discard()
            raise

    def _distinct(self, name: str, sha256: str) -> str:
        """Two files of one upload that share a name are two documents, not two versions of one."""
        if self.names.get(name, sha256) != sha256:
            other = free_name(name, self.names)
            self.notes.append(f"Two of the files are called {name}; the second is kept as {other}.")
            name = other
        self.names[name] = sha256
        return name

    def _register(self, incoming: Sequence[Incoming], received: Sequence[Received]) -> None:
        if incoming:
            registered = register(self.room, self.library_id, incoming, self.tags, received)
            self.unchanged += len(registered.unchanged.difference(self.ids))
            self.ids += registered.ids
            self.notes += registered.notes


@contextmanager
def _on_disk(content: BinaryIO | Path) -> Iterator[Path]:
    if isinstance(content, Path):
        yield content
        return
    with tempfile.NamedTemporaryFile(prefix="studio-archive-") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        yield Path(file.name)


def _rows(path: Path, name: str, sha256: str) -> list[Incoming]:
    """The rows of a .jsonl file; each stands in line `line` of a file of `rows` rows."""
    rows = [
        Incoming(
            name=storable(row.external_id)[:_LONGEST_ID_SHOWN],
            sha256=row.sha256,
            size=len(row.text.encode("utf-8", "ignore")),
            external_id=storable(row.external_id),
            title=storable(row.title),
            source={"sha256": sha256, "name": name, "line": row.line},
        )
        for row in jsonl.read_rows(path, name)
    ]
    for row in rows:
        row.source["rows"] = len(rows)
    return rows
