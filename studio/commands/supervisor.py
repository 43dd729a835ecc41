"""Starts the parts of the studio on this host and keeps them running. Called by `up`."""

import logging
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from studio.processes import PARENT_VARIABLE
from studio.settings import Settings

LOOK_SECONDS = 0.2
STEADY_SECONDS = 60.0  # a part that ran this long starts again at once when it ends
LONGEST_PAUSE = 30.0
POLITE_SECONDS = 5.0
REPOSITORY = Path(__file__).resolve().parents[2]
log = logging.getLogger(__name__)


@dataclass
class Part:
    """One supervised process: `python -m studio <arguments>`."""

    name: str
    arguments: list[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0
    start_at: float = field(default=0.0)

    def start(self, settings: Settings) -> None:
        folder = settings.data / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{self.name}.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "studio", *self.arguments, "--data", str(settings.data)],
                cwd=REPOSITORY,
                env=os.environ | {PARENT_VARIABLE: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.started = time.monotonic()

    def keep_running(self, settings: Settings) -> None:
        """Start it when it is due; after each quick death wait twice as long."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start(settings)
        elif self.process.poll() is not None:
            log.warning("%s ended with code %s", self.name, self.process.returncode)
            self.failures = 0 if now - self.started > STEADY_SECONDS else self.failures + 1
            self.start_at = now + min(LONGEST_PAUSE, 0.5 * 2**self.failures)
            self.process = None


def parts_of(settings: Settings, workspace: str) -> list[Part]:
    """What runs on one host; no engine of our own when another server answers for it."""
    where = ["--host", settings.host, "--port", str(settings.port), "--workspace", workspace]
    parts = [
        Part("web", ["web", *where]),
        Part("worker-documents", ["worker", "--lane", "documents"]),
        Part("worker-compute", ["worker", "--lane", "compute"]),
    ]
    if settings.engine_url is None:
        parts.append(Part("engine", ["engine"]))
    return parts


def end(parts: list[Part]) -> None:
    """Ask all parts to end, then make them. A training run is no part: it goes on."""
    running = [part.process for part in parts if part.process and part.process.poll() is None]
    for process in running:
        process.terminate()
    patience = time.monotonic() + POLITE_SECONDS
    for process in running:
        try:
            process.wait(max(0.0, patience - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
