"""Measures speed and memory and writes docs/benchmarks.md: `python -m bench [NAME...]`, or `make bench`.

Needs a quiet machine to be worth reading; takes a few minutes. Starts processes of its own in a temporary
data folder and ends them; a running studio is not touched.
"""

import argparse
import importlib
import os
import sys
import tempfile
import time
from pathlib import Path

from bench.report import Section, as_markdown, write
from studio.errors import BadInput

# training last: it leaves torch in this process
BENCHES = {
    "pages": "Pages",
    "loading": "Loading passages",
    "search": "Search",
    "retrieval": "Finding what answers",
    "refusing": "Questions without an answer",
    "library": "Libraries beside llama-index and langchain",
    "growth": "A library that grows",
    "ingest": "Ingest",
    "tables": "Large tables",
    "statistics": "Statistics",
    "quality": "Quality of training sets",
    "answers": "Answers",
    "training": "Training",
}
# what would lead to somebody's own database or model server
OUTSIDE = ("DATABASE_URL", "STUDIO_DATA", "STUDIO_WORKSPACE", "STUDIO_ENGINE_URL")


def measured(name: str) -> Section:
    """Run one bench in a data folder of its own."""
    bench = importlib.import_module(f"bench.{name}")
    load, began = os.getloadavg()[0], time.monotonic()
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        rows = bench.measure(Path(folder))
    seconds = time.monotonic() - began
    return Section(BENCHES[name], bench.READ, rows, (load, os.getloadavg()[0]), seconds)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(BENCHES)} (default: all)")
    names = parser.parse_args().names or list(BENCHES)
    unknown = sorted(set(names) - set(BENCHES))
    if unknown:
        parser.error(f"There is no bench called {unknown[0]}; there is {', '.join(BENCHES)}.")
    for variable in OUTSIDE:
        os.environ.pop(variable, None)
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # as in the studio's training process
    for name in BENCHES:
        if name in names:
            try:
                section = measured(name)
            except BadInput as reason:
                print(f"{BENCHES[name]} was not measured: {reason}", file=sys.stderr)
                continue
            print(as_markdown(section), flush=True)
            write([section], list(BENCHES.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
