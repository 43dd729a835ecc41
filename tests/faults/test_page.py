"""docs/reliability.md tells of every fault, and names a test that is there and meets it."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from docs import reliability

TESTS = Path(__file__).resolve().parents[1]


def meeting() -> dict[str, set[str]]:
    """The tests that are marked with each fault, as the page writes them."""
    found = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        for function in ast.walk(ast.parse(text)) if "mark.faults(" in text else ():
            for call in getattr(function, "decorator_list", ()):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.faults":
                    place = path.relative_to(TESTS.parent).as_posix()
                    found[ast.literal_eval(call.args[0])].add(f"{place}::{function.name}")
    return found


def told() -> dict[str, set[str]]:
    rows = [
        line.split(" | ")
        for line in reliability.PAGE.read_text("utf-8").splitlines()
        if line.startswith("| F")
    ]
    found = defaultdict(set)
    for row in rows:
        assert row[3].strip(), f"nothing was seen of {row[0]}"
        found[row[0].removeprefix("| ")].add(row[4].removesuffix(" |").strip("`"))
    return found


@pytest.mark.parametrize("fault", reliability.FAULTS)
def test_every_fault_has_a_test_and_its_row(fault: str) -> None:
    assert meeting()[fault] == told()[fault] != set(), "run `python -m docs.reliability`"


def test_the_faults_are_those_that_were_asked_for() -> None:
    assert list(reliability.FAULTS) == [f"F{n}" for n in (*range(1, 17), *range(25, 31))]


def test_no_clock_of_the_host_decides_about_runs_and_jobs() -> None:
    studio = TESTS.parent / "studio"
    files = [path for part in ("jobs", "tuning") for path in (studio / part).rglob("*.py")]
    calls = (
        (path.name, ast.unparse(node.func))
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )
    clocks = ("time.time", "datetime.now", "datetime.utcnow", "date.today")
    assert [call for call in calls if call[1].endswith(clocks)] == []
