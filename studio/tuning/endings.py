"""How a training process ended that left no result, in sentences for people. Called by supervise.py."""

import signal
from pathlib import Path

from studio.tuning import process
from studio.tuning.checkpoints import newest_sound, steps
from studio.tuning.plan import LOG
from studio.tuning.process import ProcessMark

RESUMABLE_CODE = 75


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
    else:
        state = "interrupted" if code == RESUMABLE_CODE else "failed"
        return state, f"The training process ended with code {code}: {last_words(folder)}"
    return "interrupted", f"{how} {what_is_left(folder)}"


def what_is_left(folder: Path) -> str:
    """From where the run can be resumed, and which checkpoints cannot be used."""
    step, skipped = newest_sound(folder)
    if step is None and steps(folder):
        return " ".join(["No checkpoint of it can be used: start a new run.", *skipped])
    start = f"goes on from the checkpoint at step {step}" if step else "starts from the beginning"
    return " ".join([f"Resume {start}.", *skipped])


def last_words(folder: Path) -> str:
    """The last line of the log."""
    lines = (folder / LOG).read_text(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else f"{folder / LOG} is empty."


def _by_signal(number: int) -> str:
    hint = " This is also what a system out of memory does." if number == signal.SIGKILL else ""
    return f"The training process died (signal {number}, {signal.Signals(number).name}).{hint}"
