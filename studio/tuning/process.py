"""Starts, finds and ends processes of training and of exports. Called by what supervises them.

Such a process has its own session and a log file instead of a pipe: it outlives the worker, the web
and the terminal. It is known by pid, start time and boot, so that a foreign process that was given the
same pid is never taken for ours. For as long as it lives it holds a lock on its run folder, inherited at
birth: a second one cannot start.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from studio.errors import StudioError
from studio.tuning.plan import LOG, STOP, write_whole

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK = "process.lock"
MARK = "process.json"
RECIPE, LAUNCH = "studio.tuning.recipe", "studio.tuning.launch"
ALLOWED = ("PATH", "HOME", "LANG", "TMPDIR", "STUDIO_MODELS", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "TZ")
ALLOWED_PREFIXES = ("LC_", "CUDA", "NVIDIA", "HF_", "PYTORCH_", "OMP_", "VIRTUAL_ENV")
BIRTH_SECONDS = 60.0
POLL_SECONDS = 1.0
STILL_SECONDS = 120.0
# Every step needs the same gigabytes again. Giving them back to the system and having them mapped and zeroed
# anew took 8 to 18 % of the processor's time; keeping them takes 2 % more memory at the peak. glibc only.
KEPT_MEMORY = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**40),
    "MALLOC_TOP_PAD_": str(2**28),
}


@dataclass(frozen=True)
class ProcessMark:
    """Which process it is: `started` in clock ticks since the boot named by `boot_id`."""

    pid: int
    started: int
    boot_id: str


_children: dict[ProcessMark, subprocess.Popen[bytes]] = {}


def start(run: Path, module: str = RECIPE, processes: int = 1) -> ProcessMark:
    """Start `module`, usually the recipe, in `run`. Raises StudioError when one lives there already.

    With several `processes` the one that launches them stands for all.
    """
    command = [module, str(run)] if processes == 1 else [LAUNCH, str(run), str(processes), module]
    with (run / LOCK).open("ab") as lock, (run / LOG).open("ab") as log:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StudioError(f"Another process works in {run} already.") from error
        (run / MARK).unlink(missing_ok=True)
        child = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=REPOSITORY,
            env=_environment(processes),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock.fileno(),),
        )
    mark = leave_mark(run, child.pid)
    _children[mark] = child  # kept to be reaped, and for the exit code
    return mark


def leave_mark(run: Path, pid: int) -> ProcessMark:
    """Write which process trains this run; done by parent and child, whichever lives to do it."""
    mark = ProcessMark(pid, _started(pid) or 0, _boot_id())
    write_whole(run / MARK, json.dumps(asdict(mark)).encode())
    return mark


def find(run: Path) -> ProcessMark | None:
    """The living process of this run, whoever started it."""
    deadline = time.monotonic() + BIRTH_SECONDS
    while _locked(run) and time.monotonic() < deadline:
        mark = _read_mark(run)
        if mark is not None and alive(mark):
            return mark
        time.sleep(0.05)  # born this instant, its mark is not written yet
    return None


def alive(mark: ProcessMark) -> bool:
    """Whether exactly this process still runs; one that has ended and waits to be reaped does not."""
    child = _children.get(mark)
    if child is not None:
        return child.poll() is None
    return mark.boot_id == _boot_id() and _started(mark.pid) == mark.started


def exit_code(mark: ProcessMark) -> int | None:
    """Its exit code (minus the signal's number if one ended it); None while alive or not our child."""
    child = _children.get(mark)
    return child.poll() if child is not None else None


def is_of_earlier_boot(run: Path) -> bool:
    """Whether the last process of this run was started before the host was."""
    mark = _read_mark(run)
    return mark is not None and mark.boot_id != _boot_id()


class Stillness:
    """How often in a row one looked at a process and it had not worked at all since the look before.

    One that is frozen, or waits for something that never comes, uses no processor time. Of several that train
    together one is enough. Looks are counted instead of seconds: whoever looks may have been frozen as well.
    """

    def __init__(self, mark: ProcessMark) -> None:
        self.mark = mark
        self.worked: dict[int, int] = {}
        self.looks = 0

    def look(self) -> int:
        """Look once more; returns the count."""
        worked = _worked(self.mark.pid)
        stands = any(self.worked.get(pid) == ticks for pid, ticks in worked.items())
        self.looks, self.worked = self.looks + 1 if stands else 0, worked
        return self.looks


def follow(mark: ProcessMark | None, each: Callable[[], object]) -> float:
    """Call `each` now and every second until the process has ended; one that stands still is ended.

    Returns for how many seconds it stood still, 0 if it did not.
    """
    still = Stillness(mark) if mark else None
    while mark and still and alive(mark):
        each()
        time.sleep(POLL_SECONDS)
        if still.look() * POLL_SECONDS >= STILL_SECONDS:
            kill(mark)
            return STILL_SECONDS
    return 0.0


def request_stop(run: Path) -> None:
    """Ask the process to end after the step it is at, leaving a checkpoint."""
    (run / STOP).touch()


def kill(mark: ProcessMark) -> None:
    """End the process at once; does nothing when it is gone or the pid belongs to another."""
    if alive(mark):
        os.kill(mark.pid, signal.SIGKILL)


def _environment(processes: int = 1) -> dict[str, str]:
    """What the child may know of our environment: no secrets, no database address."""
    allowed = {k: v for k, v in os.environ.items() if k in ALLOWED or k.startswith(ALLOWED_PREFIXES)}
    allowed.pop("HF_TOKEN", None)
    visible = allowed.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(processes)))).split(",")
    return {
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUNBUFFERED": "1",
        # threads that wait must sleep: on two busy cores spinning ones made a step three times slower
        "OMP_WAIT_POLICY": "PASSIVE",
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # nvidia-smi's, which the forecast reads; else the fastest is 0
        **KEPT_MEMORY,
        **allowed,
        # a single process that sees several GPUs would split its batches over all of them
        "CUDA_VISIBLE_DEVICES": ",".join(visible[:processes]),
        "HF_HUB_OFFLINE": "1",
    }


def _read_mark(run: Path) -> ProcessMark | None:
    try:
        return ProcessMark(**json.loads((run / MARK).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _locked(run: Path) -> bool:
    """Whether a process holds the run's lock."""
    try:
        with (run / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _started(pid: int) -> int | None:
    """Clock ticks from boot to the start of `pid`; None when there is no such process or it has ended."""
    values = _stat(pid)
    return None if not values or values[0] in "ZX" else int(values[19])


def _worked(pid: int) -> dict[int, int]:
    """Clock ticks of processor time that `pid`, or each of the ranks it launched, has used."""
    found = {one: _stat(one) for one in _ranks(pid) or [pid]}
    return {one: int(values[11]) + int(values[12]) if values else 0 for one, values in found.items()}


def _ranks(pid: int) -> list[int]:
    """The processes that train together, where `pid` launches them; its other children may rest for hours."""
    command = _command(pid)
    if command[1:3] != ["-m", LAUNCH]:
        return []
    folder, _, module = command[3:6]
    rank = ["-m", module, str(Path(folder).resolve())]
    try:
        children = psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []
    return [child.pid for child in children if _command(child.pid)[-3:] == rank]


def _command(pid: int) -> list[str]:
    """Its command line, empty where it has ended."""
    try:
        return psutil.Process(pid).cmdline()
    except psutil.NoSuchProcess:
        return []


def _stat(pid: int) -> list[str]:
    """proc(5) from its third field on (3 state, 14 and 15 times, 22 start); empty without such a process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return stat.rpartition(")")[2].split()  # the name in brackets may hold spaces


def _boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
