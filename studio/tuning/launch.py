"""Starts a module once for each GPU through torchrun, and ends as the first of them that failed.

    python -m studio.tuning.launch RUN_FOLDER PROCESSES MODULE

Started by process.py where a run has more than one process. torchrun ends with code 1 whatever happened; who
supervises the run must learn of the code, or of the signal.
"""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import parse_args, run

from studio.tuning.process import leave_mark

# the others wait for one that is gone and cannot be asked to end
SHUTDOWN_SECONDS = 20


def main(folder: Path, processes: int, module: str) -> int:
    """Returns the exit code, or dies of the signal that one of the processes died of."""
    leave_mark(folder, os.getpid())
    options = ["--standalone", f"--nproc-per-node={processes}", f"--shutdown-timeout={SHUTDOWN_SECONDS}"]
    options += ["--virtual-local-rank", "--module", module, str(folder)]
    try:
        run(parse_args(options))  # type: ignore[no-untyped-call]
    except ChildFailedError as error:
        return _as_it_ended(error.get_first_failure()[1].exitcode)
    except SignalException:
        return 0  # passed on to all, who left a checkpoint and a result
    return 0


def _as_it_ended(code: int) -> int:
    if code < 0:
        with suppress(OSError):  # that of SIGKILL cannot be changed, nor need it be
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), sys.argv[3]))
