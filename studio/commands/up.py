"""`up` and the processes it supervises: web, worker, engine; each can also be started alone."""

import argparse
import http.client
import json
import logging
import signal
import socket
import sys
import threading
import time
from types import FrameType

from studio.commands import arguments, supervisor
from studio.errors import StudioError
from studio.settings import Settings
from studio.store import embedded
from studio.store.database import open_database
from studio.store.lease import try_exclusive
from studio.tuning import process

PATIENCE_SECONDS = 120


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that run processes."""
    up = arguments.add(commands, "up", "start everything and print the address", run_up)
    web = arguments.add(commands, "web", "serve the pages", run_web)
    for parser in (up, web):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8501)
    worker = arguments.add(commands, "worker", "take jobs from the queue", run_worker)
    worker.add_argument("--lane", choices=("documents", "compute"), required=True)
    arguments.add(commands, "engine", "serve the models", run_engine)
    arguments.add(commands, "migrate", "bring the database to the newest revision", run_migrate)


def run_up(given: argparse.Namespace) -> int:
    """Supervise until Ctrl-C or SIGTERM."""
    settings = Settings.load(given.data, host=given.host, port=given.port)
    address = settings.data / "up.json"
    alone = try_exclusive(settings.data / "up.lock")
    if alone is None:
        print(f"The studio is already running: {json.loads(address.read_text())['url']}")
        return 0
    with alone:
        _refuse_taken_port(settings)
        address.write_text(json.dumps({"url": _url(settings)}))
        open_database(settings).close()
        _supervise(settings, supervisor.parts_of(settings, given.workspace))
    return 0


def _supervise(settings: Settings, parts: list[supervisor.Part]) -> None:
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    announced, born = False, time.monotonic()
    server = None if settings.database_url else embedded.start(settings.data)
    try:
        while not stopping.wait(supervisor.LOOK_SECONDS):
            for part in parts:
                part.keep_running(settings)
            if server and server.pid() is None:
                embedded.start(settings.data)
            if not announced and _answers(settings):
                announced = True
                print(f"Expert Studio is ready: {_url(settings)}  (Ctrl-C ends it)", flush=True)
            if not announced and time.monotonic() - born > PATIENCE_SECONDS:
                raise StudioError(f"The pages do not come up. See {settings.data / 'logs' / 'web.log'}.")
    finally:
        supervisor.end(parts)
    going = any(process.find(run) for run in (settings.data / "runs").glob("*"))
    print("Stopped. A training run goes on; start the studio again to follow it." if going else "Stopped.")


def _answers(settings: Settings) -> bool:
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=2)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


def _refuse_taken_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise StudioError(
                f"Port {settings.port} is used by another program. Choose another one with --port."
            ) from error


def run_web(given: argparse.Namespace) -> int:
    """Serve the pages alone."""
    from studio.web.launch import serve  # streamlit is heavy: only this command loads it

    serve(Settings.load(given.data, host=given.host, port=given.port), given.workspace)
    return 0


def run_worker(given: argparse.Namespace) -> int:
    """Take jobs of one lane."""
    from studio.commands import jobs  # noqa: F401 - registers every kind of job
    from studio.jobs import worker

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for every slice of embeddings
    return worker.run_worker(Settings.load(given.data), given.lane)


def run_engine(given: argparse.Namespace) -> int:
    """Serve the models alone; this is the process that loads torch."""
    from studio.engine.server import serve

    serve(Settings.load(given.data), stay=True)
    return 0


def run_migrate(given: argparse.Namespace) -> int:
    """Bring the database to the newest revision."""
    open_database(Settings.load(given.data)).close()
    arguments.show(given, {"migrated": True}, "The database is at the newest revision.")
    return 0
