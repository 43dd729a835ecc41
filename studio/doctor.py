"""What is there on this host and what is missing, in plain words; for `doctor` and the System page."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import psutil
import sqlalchemy as sa

from studio.engine import start as engine_start
from studio.errors import StudioError
from studio.jobs.queue import LANES
from studio.jobs.worker import has_worker
from studio.models import bundled
from studio.settings import Settings
from studio.store import migrate
from studio.store.database import open_database

HUB = ("huggingface.co", 443)
LITTLE_DISK_GB = 10
LITTLE_MEMORY_GB = 6
GB = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `remedy` is empty when nothing needs doing."""

    name: str
    state: Literal["ok", "warn", "missing"]
    sentence: str
    remedy: str = ""


def findings(settings: Settings) -> list[Finding]:
    """Look at everything; a check that finds a fault reports it and the others go on."""
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _python, _memory, _disk, _gpu, _database, _engine, _workers, _models, _hub,
    )  # fmt: skip
    return [check(settings) for check in checks]


def _python(_: Settings) -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", "ok", f"Python {version} on {os.cpu_count()} processor cores.")


def _memory(_: Settings) -> Finding:
    memory = psutil.virtual_memory()
    sentence = f"{memory.available / GB:.0f} of {memory.total / GB:.0f} GB of memory are free."
    if memory.total < LITTLE_MEMORY_GB * GB:
        return Finding("Memory", "warn", sentence, "Training on the processor wants 6 GB or more.")
    return Finding("Memory", "ok", sentence)


def _disk(settings: Settings) -> Finding:
    settings.data.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data).free / GB
    sentence = f"{free:.0f} GB of disk are free under {settings.data}."
    if free < LITTLE_DISK_GB:
        return Finding("Disk", "warn", sentence, "Free some space: models and checkpoints take gigabytes.")
    return Finding("Disk", "ok", sentence)


def _gpu(_: Settings) -> Finding:
    program = shutil.which("nvidia-smi")
    if program is None:
        remedy = "Small models train on the processor; for Phi-sized models use a host with an NVIDIA GPU."
        return Finding("GPU", "missing", "No NVIDIA GPU was found (there is no nvidia-smi).", remedy)
    query = [program, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    asked = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
    cards = [line.strip() for line in asked.stdout.splitlines() if line.strip()]
    if asked.returncode != 0 or not cards:
        return Finding("GPU", "missing", "No NVIDIA GPU answers.", "Check the driver with nvidia-smi.")
    return Finding("GPU", "ok", f"{len(cards)} GPU: {'; '.join(cards)}.")


def _database(settings: Settings) -> Finding:
    kind = "Your own" if settings.database_url else "The embedded"
    try:
        database = open_database(settings)
    except StudioError as error:
        return Finding("Database", "missing", str(error), "Start the server or correct DATABASE_URL.")
    with database.engine.connect() as connection:
        server = connection.scalar(sa.text("SHOW server_version"))
        vector = connection.scalar(sa.text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    database.close()
    sentence = f"{kind} PostgreSQL {server} answers, with pgvector {vector}, revision {migrate.newest()}."
    return Finding("Database", "ok", sentence)


def _engine(settings: Settings) -> Finding:
    if settings.engine_url:
        address = engine_start.find_engine(settings)
        if engine_start.health(address) is None:
            return Finding(
                "Engine", "warn", f"The model server at {settings.engine_url} gives no health report."
            )
        return Finding("Engine", "ok", f"The model server at {settings.engine_url} answers.")
    if engine_start.running_engine(settings.data):
        return Finding("Engine", "ok", "The engine serves the models of this studio.")
    return Finding("Engine", "warn", "The engine is not running.", "It starts by itself when it is needed.")


def _workers(settings: Settings) -> Finding:
    absent = [lane for lane in LANES if not has_worker(settings, lane)]
    if absent:
        remedy = "Start everything with `python -m studio up`."
        return Finding("Workers", "warn", f"No worker runs for: {', '.join(absent)}.", remedy)
    return Finding("Workers", "ok", "Workers for documents and for training are running.")


def _models(settings: Settings) -> Finding:
    try:
        bundled.embedder_folder()
        folder = bundled.bundled_folder(settings)
    except StudioError as error:
        return Finding("Models", "missing", str(error), "Run `make run`, which installs them.")
    state = "ready" if folder.exists() else "installed, and converted on first use (about 20 seconds)"
    return Finding(
        "Models",
        "ok",
        f"The bundled SmolLM2-135M-Instruct is {state}; the embedder is all-MiniLM-L6-v2 (English).",
    )


def _hub(_: Settings) -> Finding:
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        return Finding("Model hub", "warn", "HF_HUB_OFFLINE is set, so no model is fetched from the hub.")
    try:
        socket.create_connection(HUB, timeout=3).close()
    except OSError:
        remedy = "The bundled models work without it; copy other models into a folder on this host."
        return Finding("Model hub", "warn", f"{HUB[0]} cannot be reached from here.", remedy)
    return Finding("Model hub", "ok", f"{HUB[0]} can be reached.")
