"""Columns of numbers, one for every row, of which long ones lie in files. Called by looking.

A table of a gigabyte has millions of rows, and a dozen numbers for each are hundreds of megabytes; only one
or two columns are looked at together.
"""

from array import array
from io import SEEK_END, BufferedRandom
from tempfile import TemporaryFile
from typing import Any, TypeAlias

import numpy as np

Numbers: TypeAlias = np.ndarray[Any, Any]

IN_MEMORY = 65_536  # numbers of a column


class Columns:
    """Numbers are appended under a name; `types` are type codes of array, "q" where none is named."""

    def __init__(self, types: dict[str, str]) -> None:
        self._types = types
        self._newest: dict[str, array[int]] = {}
        self._files: dict[str, BufferedRandom] = {}

    def append(self, name: str, value: int) -> None:
        newest = self._newest.get(name)
        if newest is None:
            newest = self._newest[name] = array(self._types.get(name, "q"))
        newest.append(value)
        if len(newest) == IN_MEMORY:
            self._put_away(name, newest)

    def read(self, name: str) -> Numbers:
        """The whole column, a copy; an empty one where nothing was appended."""
        newest = self._newest.get(name)
        if newest is None:
            return np.zeros(0, np.int64)
        file, kept = self._files.get(name), len(newest)
        stored = file.seek(0, SEEK_END) // newest.itemsize if file else 0
        column = np.empty(stored + kept, newest.typecode)
        if file:
            file.seek(0)
            file.readinto(column[:stored].data)
        column[stored:] = newest
        return column

    def _put_away(self, name: str, newest: "array[int]") -> None:
        if name not in self._files:
            self._files[name] = TemporaryFile()  # noqa: SIM115 - until __del__
        file = self._files[name]
        file.seek(0, SEEK_END)
        newest.tofile(file)
        del newest[:]

    def __del__(self) -> None:
        for file in self._files.values():
            file.close()
