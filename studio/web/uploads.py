"""Files that came from a browser: kept in memory by Streamlit, handed to services as files on disk."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.typing import UploadedFile

from studio.library.parse.recognise import ACCEPTED

TABLES = (".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv", ".txt", ".xlsm", ".xlsx")


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
