"""Processes that belong together: a part of the studio ends when its supervisor does, however that ended."""

import ctypes
import os
import signal

PARENT_VARIABLE = "STUDIO_SUPERVISOR"
PR_SET_PDEATHSIG = 1  # prctl(2): the signal this process gets when its parent dies


def end_with_supervisor() -> None:
    """Called first by every part: if a supervisor started it, end (SIGTERM) when that one is gone."""
    supervisor = os.environ.pop(PARENT_VARIABLE, None)
    if supervisor is None:
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(supervisor):  # it died before the line above took effect
        raise SystemExit(0)
