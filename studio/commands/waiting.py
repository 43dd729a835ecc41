"""Waits for queued work from the command line, with workers of its own where none runs."""

import time
from collections.abc import Callable, Sequence

from studio.commands.supervisor import Part, end
from studio.jobs.queue import Lane
from studio.jobs.worker import has_worker
from studio.settings import Settings

LOOK_SECONDS = 0.3


def wait_until(finished: Callable[[], bool], settings: Settings, lanes: Sequence[Lane]) -> None:
    """Return when `finished()` says so; until then every lane has a worker."""
    own = [
        Part(f"worker-{lane}", ["worker", "--lane", lane]) for lane in lanes if not has_worker(settings, lane)
    ]
    try:
        while not finished():
            for part in own:
                part.keep_running(settings)
            time.sleep(LOOK_SECONDS)
    finally:
        end(own)
