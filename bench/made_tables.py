"""Writes large made-up tables of questions and answers in every format. Called by tables."""

import csv
import json
import random
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

WORDS = (
    "the", "valve", "of", "a", "pump", "opens", "when", "pressure", "rises", "above", "its", "limit", "žluť",
    "größe", "café", "order", "please",
)  # fmt: skip
SEED = 11
TEXTS = 1_000
HEADER = ("question", "answer")
GROUP = 20_000  # rows of a Parquet row group
BYTES_A_ROW = 250  # of text, about


def pairs() -> Iterator[tuple[str, str]]:
    """Questions and answers without end, all different, some with quotes and line breaks."""
    chance = random.Random(SEED)
    tails = [" ".join(chance.choices(WORDS, k=8)) for _ in range(TEXTS)]
    answers = [" ".join(chance.choices(WORDS, k=chance.randint(5, 60))) for _ in range(TEXTS)]
    answers = [answer.replace("limit", 'the "limit",\n') for answer in answers]
    for number in count(1):
        yield f"Question {number}: {chance.choice(tails)}?", chance.choice(answers)


def write(path: Path, size: int) -> Path:
    """A file of about `size` bytes (text, in Parquet and Excel), in the format that its name says."""
    {".csv": _csv, ".jsonl": _jsonl, ".json": _json, ".parquet": _parquet, ".xlsx": _xlsx}[path.suffix](
        path, size
    )
    return path


def _csv(path: Path, size: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        source = pairs()
        while True:
            writer.writerows(islice(source, 1000))
            if file.tell() >= size:
                return


def _jsonl(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for pair in pairs():
            if file.write(_object(pair) + b"\n") and file.tell() >= size:
                return


def _json(path: Path, size: int) -> None:
    """One object around a list, pretty-printed."""
    with path.open("wb") as file:
        file.write(b'{\n "version": 1,\n "rows": [')
        for number, pair in enumerate(pairs()):
            file.write((b",\n  " if number else b"\n  ") + _object(pair))
            if file.tell() >= size:
                break
        file.write(b"\n ]\n}\n")


def _object(pair: tuple[str, str]) -> bytes:
    return json.dumps(dict(zip(HEADER, pair, strict=True)), ensure_ascii=False).encode()


def _parquet(path: Path, size: int) -> None:
    schema = pa.schema([(name, pa.string()) for name in HEADER])
    source = pairs()
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for _ in range(max(1, size // (GROUP * BYTES_A_ROW))):
            columns = zip(*islice(source, GROUP), strict=True)
            writer.write_table(pa.table(dict(zip(HEADER, map(list, columns), strict=True)), schema))


def _xlsx(path: Path, size: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Questions")
    sheet.append(HEADER)
    for pair in islice(pairs(), size // BYTES_A_ROW):
        sheet.append(pair)
    book.save(path)
