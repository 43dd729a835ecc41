"""Who uses what is told by locks that die with their holder."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from studio.store.lease import give_back, hold, hold_until_exit, try_exclusive, unused

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_process_holds_once_however_many_threads_ask(tmp_path: Path) -> None:
    path = tmp_path / "users"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hold_until_exit, [path] * 32))
    assert not unused(path)
    give_back(path)
    assert unused(path)


def test_many_may_use_but_only_one_may_have_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "users"
    with hold(path), hold(path):
        assert try_exclusive(path) is None
    alone = try_exclusive(path)
    assert alone is not None
    alone.close()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "users"
    code = "import sys,time; from pathlib import Path; from studio.store.lease import hold; "
    code += "kept = hold(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=REPOSITORY, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    assert not unused(path)
    holder.kill()
    holder.communicate()
    assert unused(path)
