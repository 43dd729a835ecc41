"""The stores of others on PostgreSQL, started in an environment of their own: they pin older libraries.

The environment is made once, in the user's cache folder or where STUDIO_BENCH_PEERS says, from
peers-requirements.txt. The vectors and texts reach the peers as files, so nothing is embedded twice.
"""

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from bench.corpus import Corpus

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "peers-requirements.txt"
INSTALL_SECONDS = 900


class NoPeers(Exception):
    """The environment cannot be made, for example without a network."""


class Peers:
    """The running process; one request at a time. A peer is "llama-index" or "langchain"."""

    def __init__(self, process: "subprocess.Popen[str]", said: Path) -> None:
        self._process, self._said = process, said
        self._answer()

    def store(self, way: str, count: int) -> float:
        """Seconds to store the first rows in one of the ways that peer_process knows."""
        return float(self._request(do="store", way=way, count=count)["seconds"])

    def fill(self, peer: str, rooms: int = 1) -> float:
        """Put all rows in; returns the seconds it took to build the index."""
        return float(self._request(do="fill", peer=peer, rooms=rooms)["seconds"])

    def ask(self, peer: str, width: int, rooms: int = 1, threads: int = 1) -> dict[str, Any]:
        """Every question once: `milliseconds`, `found` and `seconds`; `width` is HNSW's ef_search."""
        return self._request(do="ask", peer=peer, width=width, rooms=rooms, threads=threads)

    def _request(self, **request: object) -> dict[str, Any]:
        _open(self._process.stdin).write(json.dumps(request) + "\n")
        _open(self._process.stdin).flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = _open(self._process.stdout).readline()
        if not line:
            raise RuntimeError(f"The peers' process ended: {self._said.read_text()[-2000:]}")
        return dict(json.loads(line))


@contextmanager
def started(corpus: Corpus, folder: Path, sockets: Path) -> Iterator[Peers]:
    """Peers that know this corpus, on the PostgreSQL server behind `sockets`."""
    python = environment()
    _write(corpus, folder)
    said = folder / "peers.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [str(python), "-m", "bench.peer_process", str(folder), str(sockets)],
            cwd=HERE.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield Peers(process, said)
    finally:
        _open(process.stdin).close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment() -> Path:
    """The peers' Python; installs what is missing. Raises NoPeers with the reason."""
    mark = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    home = Path(os.environ.get("STUDIO_BENCH_PEERS") or Path.home() / ".cache" / "expert-studio" / "peers")
    place = home / mark
    python = place / "bin" / "python"
    if (place / "installed").exists():
        return python
    print(f"Installing llama-index and langchain-postgres into {place}", file=sys.stderr, flush=True)
    try:
        venv.create(place, with_pip=True)
        _install(python)
    except (OSError, subprocess.SubprocessError) as problem:
        reason = getattr(problem, "stderr", None) or str(problem)
        raise NoPeers((reason.strip().splitlines() or ["no reason given"])[-1]) from problem
    (place / "installed").touch()
    return python


def _install(python: Path) -> None:
    command = [
        str(python),
        "-m",
        "pip",
        "-q",
        "--disable-pip-version-check",
        "install",
        "-r",
        str(REQUIREMENTS),
    ]
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)


def _write(corpus: Corpus, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "vectors.npy", corpus.vectors)
    np.save(folder / "asked.npy", corpus.asked)
    for name, texts in (("texts", corpus.texts), ("asked", corpus.questions)):
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(text)}\n" for text in texts), "utf-8")


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream is not None  # both ends are pipes
    return stream
