"""What the peers' process works with: the corpus read from files, and the tables of its database.

Runs in the peers' environment. With more than one workspace, passages are dealt out to them in order and
question n asks in workspace n.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

DATABASE = "peers"


@dataclass
class Rows:
    """`vectors` has one row a passage, `asked` one a question."""

    folder: Path
    sockets: str
    rooms: int = 1
    texts: list[str] = field(init=False)
    questions: list[str] = field(init=False)
    vectors: Any = field(init=False)
    asked: list[list[float]] = field(init=False)

    def __post_init__(self) -> None:
        self.texts = self._lines("texts")
        self.questions = self._lines("asked")
        self.vectors = np.load(self.folder / "vectors.npy")
        self.asked = [vector.tolist() for vector in np.load(self.folder / "asked.npy")]

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    def url(self, driver: str) -> str:
        return f"postgresql+{driver}://postgres@/{DATABASE}?host={self.sockets}"

    def room(self, number: int) -> str:
        """The workspace of this passage."""
        return f"team-{number * self.rooms // len(self.texts)}"

    def asking_room(self, number: int) -> str | None:
        """The workspace that this question is limited to, if any."""
        return f"team-{number % self.rooms}" if self.rooms > 1 else None

    def vector_text(self, number: int) -> str:
        return "[" + ",".join(map(str, self.vectors[number].tolist())) + "]"

    def create_database(self) -> None:
        """A new one: an earlier process may have left its own."""
        self.run(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", database="postgres")
        self.run(f"CREATE DATABASE {DATABASE}", database="postgres")
        self.run("CREATE EXTENSION vector")

    def run(self, statement: str, database: str = DATABASE) -> None:
        with psycopg.connect(host=self.sockets, user="postgres", dbname=database, autocommit=True) as one:
            one.execute(statement)

    def copy(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Fill a table that a store has made, faster than the store itself would."""
        with (
            psycopg.connect(host=self.sockets, user="postgres", dbname=DATABASE) as connection,
            connection.cursor().copy(statement) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def _lines(self, name: str) -> list[str]:
        with (self.folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
