"""The rows of a Parquet file, batch by batch. Called by opening."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from studio.errors import BadInput
from studio.text_tables.rows import Tell, silent
from studio.training_sets.reading.objects import Object, storable

BATCH_ROWS = 500
# instead of a whole row group at once
READ_BYTES = 1 << 20


@dataclass
class ParquetRows:
    """A file of typed columns; `left_out` are those that hold no text (pictures, sound)."""

    path: Path
    name: str
    left_out: list[str] = field(default_factory=list)

    def objects(self, tell: Tell = silent) -> Iterator[tuple[int, Object]]:
        """Every row with its number."""
        with self._opened() as file:
            fields = list(file.schema_arrow)
            self.left_out = [one.name for one in fields if _holds_bytes(one.type)]
            wanted = [one.name for one in fields if one.name not in self.left_out]
            total, done = max(1, file.metadata.num_rows), 0
            for batch in file.iter_batches(BATCH_ROWS, columns=wanted, use_threads=False):
                for number, row in enumerate(batch.to_pylist(), start=done + 1):
                    yield number, storable(row, self.name, number)
                done += batch.num_rows
                tell(done / total)

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        try:
            with pq.ParquetFile(self.path, buffer_size=READ_BYTES, pre_buffer=False) as file:
                yield file
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{self.name} is damaged: it cannot be read as a Parquet file.") from error


def _holds_bytes(kind: pa.DataType) -> bool:
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return True
    inner = (kind.field(index).type for index in range(kind.num_fields))
    return any(map(_holds_bytes, inner))
