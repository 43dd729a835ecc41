"""Where a large file goes: a library, or the training sets. Used by upload_routes and incoming."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.errors import BadInput
from studio.library.intake.adding import Upload, add_documents
from studio.library.intake.refusals import refusal_of, settle_refusals
from studio.library.libraries import get_library
from studio.store.database import Workspace
from studio.training_sets import imports
from studio.web.uploads import accepted_suffixes, table_suffixes

GIGABYTE = 2**30


@dataclass(frozen=True)
class ToLibrary:
    """The file becomes a document of this library."""

    library: int
    largest: int = 4 * GIGABYTE
    reader: str = "the library"

    @property
    def key(self) -> str:
        return f"library {self.library}"

    def accepted(self) -> tuple[str, ...]:
        return accepted_suffixes()

    def about(self, room: Workspace) -> dict[str, Any]:
        """What the upload page says and where it leads; NotFound where the library is not there."""
        name = get_library(room, self.library).name
        back = f"/library?library={self.library}"
        return {"place": "library", "back": f"the documents of {name}", "address": back}

    def refuse(self, room: Workspace, name: str, problem: BadInput) -> None:
        """It is kept as a refusal of the library, as what is refused later."""
        settle_refusals(room, self.library, [refusal_of(name, problem)])

    def take(self, room: Workspace, name: str, file: Path) -> dict[str, Any]:
        added = add_documents(room, self.library, [Upload(name, file)])
        return {"documents": len(added), "said": [*added.refused, *added.notes]}


@dataclass(frozen=True)
class ToTrainingSets:
    """The file becomes an open import, which a person prepares and saves."""

    largest: int = GIGABYTE
    reader: str = "a training set"
    key: str = "tables"

    def accepted(self) -> tuple[str, ...]:
        return table_suffixes()

    def about(self, room: Workspace) -> dict[str, Any]:
        return {"place": "tables", "back": "the training sets", "address": "/training_sets"}

    def refuse(self, room: Workspace, name: str, problem: BadInput) -> None:
        """Nothing was taken in, so nothing is kept; the upload page says why."""

    def take(self, room: Workspace, name: str, file: Path) -> dict[str, Any]:
        return {"import": imports.receive(room, file, name), "said": []}


Destination = ToLibrary | ToTrainingSets
