"""How a training process ended that left no result, in sentences for people. Called by supervise.py."""

import shutil
import signal
from pathlib import Path

from studio.tuning import process
from studio.tuning.checkpoints import newest_sound
from studio.tuning.plan import LOG, RESUMABLE
from studio.tuning.process import ProcessMark


def died(folder: Path, mark: ProcessMark | None, stood_still: float) -> tuple[str, str]:
    """State and sentence; `stood_still`: the seconds without any work after which it was ended, or 0."""
    code = process.exit_code(mark) if mark else None
    if stood_still:
        how = f"The training process did nothing for {stood_still:.0f} seconds and was ended."
    elif code is None and process.is_of_earlier_boot(folder):
        how = "This host was restarted while the run was training."
    elif code is None:
        how = "The training process is gone without a result."
    elif code < 0:
        how = _by_signal(-code)
    elif code == RESUMABLE:  # there was not even room to say so
        return "interrupted", disk_is_full(folder)
    else:
        return "failed", f"The training process ended with code {code}: {last_words(folder)}"
    return "interrupted", f"{how} {what_is_left(folder)}"


def disk_is_full(folder: Path) -> str:
    """What to do when nothing more can be written there."""
    free = shutil.disk_usage(folder).free / 1e6
    return f"The disk of {folder} is full ({free:.0f} MB left). Free some space, then resume the run."


def what_is_left(folder: Path) -> str:
    """From where the run can be resumed, and which checkpoints cannot be used."""
    step, skipped = newest_sound(folder)
    if skipped and step is None:
        return none_usable(skipped)
    start = f"goes on from the checkpoint at step {step}" if step else "starts from the beginning"
    return " ".join([f"Resume {start}.", *skipped])


def none_usable(skipped: list[str]) -> str:
    """All checkpoints are damaged: beginning at step 0 again is for people to choose."""
    return " ".join(
        ["None of its checkpoints can be used. Start a new run with the same settings.", *skipped]
    )


def last_words(folder: Path) -> str:
    """The last line of the log."""
    lines = (folder / LOG).read_text(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else f"{folder / LOG} is empty."


def _by_signal(number: int) -> str:
    hint = " This is also what a system out of memory does." if number == signal.SIGKILL else ""
    return f"The training process died (signal {number}, {signal.Signals(number).name}).{hint}"
