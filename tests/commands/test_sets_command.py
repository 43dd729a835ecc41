"""`sets` and `train --version`: training sets from the command line."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from bench import passages
from studio.__main__ import main
from studio.settings import Settings
from studio.store.tables import Passage

pytestmark = pytest.mark.postgres


@pytest.fixture
def run(settings: Settings, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> "object":
    """run("sets", "list") -> (exit code, the JSON that was printed, what was complained of)."""

    def call(*arguments: str) -> tuple[int, object, str]:
        where = ["--data", str(settings.data), "--workspace", f"sets {request.node.name}"[:80], "--json"]
        code = main([*arguments, *where])
        printed = capsys.readouterr()
        return code, json.loads(printed.out or "null"), printed.err

    return call


@pytest.fixture
def pumps(tmp_path: Path) -> Path:
    path = tmp_path / "pumps.csv"
    path.write_text("question,answer\n" + "".join(f"Question {n}?,It is number {n}.\n" for n in range(30)))
    return path


def test_a_file_is_added_as_a_set_and_listed(run, pumps) -> None:
    _, added, _ = run("sets", "add", str(pumps), "--held-out", "0.2")
    _, listed, _ = run("sets", "list")
    assert (added["name"], added["version"], added["examples"], added["held_out"]) == ("pumps", 1, 30, 6)
    assert [(one["set"], one["versions"][0]["sha256"]) for one in listed] == [("pumps", added["sha256"])]


def test_two_versions_are_compared(run, pumps) -> None:
    run("sets", "add", str(pumps))
    pumps.write_text(pumps.read_text() + "One more?,Yes.\n")
    run("sets", "add", str(pumps))
    _, diff, _ = run("sets", "diff", "pumps@1", "pumps")
    assert (diff["old"]["version"], diff["new"]["version"]) == (1, 2)
    assert "One more?" in [one["prompt"] for one in diff["added"]]


def test_the_held_out_part_becomes_a_question_set(run, pumps) -> None:
    run("sets", "add", str(pumps))
    code, made, _ = run("sets", "questions", "pumps")
    assert (code, made["question_set"] > 0) == (0, True)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_exported_set_is_the_same_set_again(run, pumps, tmp_path, form) -> None:
    _, added, _ = run("sets", "add", str(pumps))
    run("sets", "export", "pumps", "--format", form, "--to", str(tmp_path / f"back.{form}"))
    _, back, _ = run("sets", "add", str(tmp_path / f"back.{form}"), "--name", "pumps")
    assert (back["id"], back["sha256"]) == (added["id"], added["sha256"])


def test_what_a_run_learned_from_cannot_be_deleted(run, pumps) -> None:
    run("sets", "add", str(pumps))
    _, trained, _ = run("train", "--version", "pumps@1", "--name", "first")
    code, _, err = run("sets", "delete", "pumps")
    assert (code, f"{trained['run']} (first)" in err) == (1, True)


def test_a_set_that_is_not_there_is_one_sentence(run) -> None:
    code, _, err = run("sets", "show", "wells")
    assert (code, err.startswith("There is no training set “wells”")) == (1, True)


def test_what_a_library_does_not_support_is_found(run, database, request, tmp_path: Path) -> None:
    room = database.workspace(f"sets {request.node.name}"[:80])
    library = passages.filled_library(room, "Manuals", 5)
    with room.session() as session:
        held = session.scalars(sa.select(Passage.text).where(Passage.library_id == library.id)).all()
    rows = [f"Question {n}?,{' '.join(held[n % 5].split()[n : n + 12])}\n" for n in range(15)]
    rows.append("Who built it?,A clockmaker from the harbour built this engine during winter.\n")
    (tmp_path / "t.csv").write_text("question,answer\n" + "".join(rows))
    _, report, _ = run("check", str(tmp_path / "t.csv"), "--library", "Manuals")
    assert [one["rows"] for one in report["findings"] if one["kind"] == "unsupported"] == [[17]]
