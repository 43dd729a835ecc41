"""Started twice by a test: the second is killed while the first waits for it.

python -m tests.tuning.one_dies FOLDER
"""

import os
import signal
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    waiting = Path(sys.argv[1]) / "waiting"
    if os.environ["RANK"] == "0":
        waiting.write_text(str(os.getpid()))
        time.sleep(600)
    while not waiting.exists() or not waiting.read_text():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)
