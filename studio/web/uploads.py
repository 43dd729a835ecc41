"""Files that came from a browser: kept in memory by Streamlit, handed to services as files on disk."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
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


def let_go(uploads: Sequence[UploadedFile]) -> None:
    """Once they are stored. Streamlit would hold them in memory as long as the visit lasts, and after it.

    The value of their uploader holds them too: the next run must draw it under another key.
    """
    visit = get_script_run_ctx()
    kept = visit.uploaded_file_mgr if visit else None
    if visit and isinstance(kept, MemoryUploadedFileManager):
        for upload in uploads:
            kept.remove_file(visit.session_id, upload.file_id)


def _write(folder: Path, upload: UploadedFile) -> Path:
    folder.mkdir()
    path = folder / (Path(upload.name).name or "upload")
    path.write_bytes(upload.getbuffer())
    return path
