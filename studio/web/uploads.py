"""Files that came from a browser: kept in memory by Streamlit, handed to services as files on disk."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.typing import UploadedFile

from studio.library.parse.recognise import ACCEPTED
from studio.training_sets.reading import Table, read_table

TABLES = (".csv", ".json", ".jsonl", ".parquet", ".tsv", ".txt", ".xlsm", ".xlsx")


def accepted_suffixes() -> tuple[str, ...]:
    """What a library takes in, with the dot."""
    return tuple(sorted(ACCEPTED))


def table_suffixes() -> tuple[str, ...]:
    """What a training set can be made from, with the dot."""
    return TABLES


@contextmanager
def on_disk(uploads: list[UploadedFile]) -> Iterator[list[Path]]:
    """The uploads under their own names in a folder that is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="studio-upload-") as folder:
        yield [_write(Path(folder) / str(number), upload) for number, upload in enumerate(uploads)]


def _write(folder: Path, upload: UploadedFile) -> Path:
    folder.mkdir()
    path = folder / (Path(upload.name).name or "upload")
    path.write_bytes(upload.getbuffer())
    return path


def read_upload(upload: UploadedFile) -> Table:
    """The uploaded table; read once per content, not once per rerun. Raises BadInput."""
    return _read(upload.name, upload.getvalue())


@st.cache_data(max_entries=4, ttl=900, show_spinner="Reading the table…")
def _read(name: str, data: bytes) -> Table:
    with tempfile.TemporaryDirectory(prefix="studio-upload-") as folder:
        path = Path(folder) / (Path(name).name or "upload")
        path.write_bytes(data)
        return read_table(path, name)
