"""Reading large tables: processor time beside the parser alone, and the most memory ever held.

`python -m bench tables`; STUDIO_BENCH_GB=0.1 makes smaller files. Each reading is a process of its own:
`python -m bench.tables WAY FILE` prints what it took as JSON.
"""

import csv
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from bench.made_tables import write
from bench.rows import Row, less_is_better, more_is_better
from studio.training_sets.reading import open_table

READ = (
    "A made-up table of questions and answers (quotes and line breaks in cells, accents), read by a process "
    "of its own; megabytes a second of processor time. Looking through checks the encoding of every byte, "
    "the quotes and the width of every row; cutting then yields every row once more. The ceiling is Python's "
    "own parser over the same file, which checks and keeps nothing. Memory is the most that was ever "
    "resident, libraries included, beside that of a process which only imports them."
)
MOST_MEGABYTES = 400
# of the size asked for; Excel files are refused above 200 MB unpacked
SHARES = {"csv": 1.0, "jsonl": 0.25, "json": 0.25, "parquet": 0.25, "xlsx": 0.02}
PARSERS = {"csv": "csv.reader", "jsonl": "json.loads"}


def measure(folder: Path) -> list[Row]:
    """One file of each format after the other; each is deleted when it was read."""
    size = float(os.environ.get("STUDIO_BENCH_GB", "1")) * 1e9
    lines = []
    for form, share in SHARES.items():
        path = write(folder / f"table.{form}", int(size * share))
        lines += _lines(path, form)
        path.unlink()
    return lines


def _lines(path: Path, form: str) -> list[Row]:
    size, name = path.stat().st_size / 1e6, form.upper()
    ours, nothing = _taken("cutting", path), _taken("nothing", path)
    note = f"{size:,.0f} MB, {ours['rows']:,.0f} rows, {ours['seconds']:.0f} s by the clock"
    memory = less_is_better(
        f"{name}: memory", ours["megabytes"], ("importing alone", nothing["megabytes"]), "MB", note
    )
    lines = [replace(memory, below=MOST_MEGABYTES)]
    if form in PARSERS:
        looking, alone = _taken("looking", path), _taken(form, path)
        rival = (f"{PARSERS[form]} alone", size / alone["processor"])
        for what, taken in (("looking through", looking), ("looking through and cutting", ours)):
            lines.append(more_is_better(f"{name}: {what}", size / taken["processor"], rival, "MB/s", note))
    return lines


def _taken(way: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.tables", way, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def _read(way: str, path: Path) -> int:
    """The rows that were read in this way."""
    if way == "nothing":
        return 0
    if way == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            return sum(1 for _ in csv.reader(file))
    if way == "jsonl":
        with path.open("rb") as lines:
            return sum(1 for line in lines if json.loads(line))
    table = open_table(path, path.name)
    return table.count if way == "looking" else sum(1 for _ in table.numbered())


def most_megabytes() -> float:
    """The most this process ever held; ru_maxrss would begin with what its parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    began = time.perf_counter(), time.process_time()
    rows = _read(sys.argv[1], Path(sys.argv[2]))
    took = {"seconds": time.perf_counter() - began[0], "processor": time.process_time() - began[1]}
    print(json.dumps({"rows": rows, "megabytes": most_megabytes(), **took}))
