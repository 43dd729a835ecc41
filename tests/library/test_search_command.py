"""The commands that find: a file of queries, a weight of one's own, and the measurement."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.__main__ import main
from studio.library.libraries import LibraryView
from studio.library.quality.questions import TeamQuestion, list_questions
from studio.store.database import Workspace
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(room: Workspace, library: LibraryView, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a library of two documents; returns exit code, stdout and stderr."""
    folder = tmp_path / "documents"
    folder.mkdir()
    lid, wages = (
        write_text(folder / "lid.txt", "The lid is green."),
        write_text(folder / "pay.txt", "Salary day."),
    )
    add(room, library, lid, wages)

    def perform(*words: object) -> tuple[int, str, str]:
        where = ["--data", str(room.settings.data), "--workspace", room.name, "--library", library.name]
        code = main([*map(str, words), *where])
        said = capsys.readouterr()
        return code, said.out, said.err

    return perform


def test_every_query_gets_a_line_with_one_entry_a_document(run: Run, tmp_path: Path) -> None:
    rows = [{"_id": number, "text": "green lid" if number % 2 else "salary"} for number in range(5)]
    queries = write_text(tmp_path / "queries.jsonl", "\n".join(map(json.dumps, rows)))
    lines = [json.loads(line) for line in run("search", "--queries", queries)[1].splitlines()]
    assert [line["_id"] for line in lines] == ["0", "1", "2", "3", "4"]
    assert [line["results"][0]["document"] for line in lines] == ["pay.txt", "lid.txt"] * 2 + ["pay.txt"]
    assert all(len({one["document"] for one in line["results"]}) == 2 for line in lines)


def test_a_weight_of_zero_asks_words_alone(run: Run) -> None:
    told = json.loads(run("search", "lid", "--dense-weight", 0, "--json")[1])
    best = told["results"][0]
    assert (told["question"], told["dense_weight"]) == ("lid", 0)
    assert (best["document"], best["lexical_rank"]) == ("lid.txt", 1)


@pytest.mark.parametrize("wrong", [("--dense-weight", 2), ("--limit", 0)])
def test_what_cannot_be_searched_with_is_refused(run: Run, wrong: tuple[str, int]) -> None:
    code, _, said = run("search", "lid", *wrong)
    assert code == 1 and wrong[0] in said


def test_the_teams_questions_are_kept(
    run: Run, room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    table = write_text(
        tmp_path / "asked.csv", "question,documents\nWhich colour?,lid.txt|old.txt\nWhen?,pay.txt\n"
    )
    told = json.loads(run("measure", "--questions", table, "--json")[1])
    assert (told["settings"], told["chosen"], told["dense_weight"]) == ([], 0.4, 0.4)
    assert list_questions(room, library.id) == [
        TeamQuestion("Which colour?", ("lid.txt", "old.txt")),
        TeamQuestion("When?", ("pay.txt",)),
    ]


def test_a_file_without_questions_is_refused(run: Run, tmp_path: Path) -> None:
    table = write_text(tmp_path / "wrong.csv", "a,b\n1,2\n")
    code, _, said = run("measure", "--questions", table)
    assert code == 1 and "columns question and documents" in said
