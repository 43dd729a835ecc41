"""`build`: draft, review and keep from the command line."""

import json
from collections.abc import Callable

import pytest

from studio.__main__ import main
from studio.settings import Settings
from studio.store.database import Database
from studio.store.tables import Suggestion

pytestmark = pytest.mark.postgres
WORKSPACE = "build commands"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["build", *arguments, "--data", str(settings.data), "--workspace", WORKSPACE])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture
def suggested(database: Database) -> int:
    """The id of a suggestion that waits."""
    room = database.workspace(WORKSPACE)
    wording = {"prompt": "What is a bead?", "completion": "A bead is one drop of equal weight."}
    with room.session() as session:
        row = Suggestion(workspace_id=room.id, origin="drafted", drafted=wording, **wording)
        session.add(row)
        session.flush()
        return row.id


def test_a_suggestion_is_listed_accepted_and_kept(run: Run, suggested: int) -> None:
    listed = json.loads(run("list", "--json")[1])
    assert [one["prompt"] for one in listed] == ["What is a bead?"]
    assert json.loads(run("accept", str(suggested), "--json")[1])["accepted"] == 1
    code, out, _ = run("keep", "--set", "beads", "--json")
    assert (code, json.loads(out)["added"], json.loads(out)["unreviewed"]) == (0, 1, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("accept", "all"), "numbers of suggestions"),
        (("keep",), "--set"),
        (("draft",), "--library"),
        (("draft", "--library", "nowhere"), "nowhere"),
        (("probe", "nothing"), "nothing"),
    ],
)
def test_what_is_missing_is_one_sentence(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert sentence in err
