"""`runs`: put into use, go back, delete; and everything an adapter was made from."""

import json
from typing import Any

import pytest

from studio.__main__ import main
from studio.store.database import Workspace
from tests.web.furnished import Furnished, furnish

pytestmark = pytest.mark.postgres


@pytest.fixture
def made(room: Workspace) -> Furnished:
    return furnish(room)


@pytest.fixture
def runs(room: Workspace, capsys: pytest.CaptureFixture[str]) -> Any:
    """runs("show", 1) -> (exit code, JSON or None, what was complained of)."""

    def call(*arguments: object) -> tuple[int, Any, str]:
        where = ["--data", str(room.settings.data), "--workspace", room.name, "--json"]
        code = main(["runs", *map(str, arguments), *where])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err

    return call


def test_show_tells_what_the_adapter_was_made_from_and_how_it_scored(runs: Any, made: Furnished) -> None:
    code, shown, _ = runs("show", made.runs["succeeded"])
    assert (code, shown["lineage"], shown["in_use"]) == (0, {"training_set": "Parts"}, False)
    score = next(one for one in shown["scores"] if one["approach"] == "fine-tuned")
    assert (score["comparison"], score["metric"], score["n"]) == ("Four ways", "token_f1", 12)


def test_a_promoted_run_is_marked_until_it_is_rolled_back(runs: Any, made: Furnished) -> None:
    run = made.runs["succeeded"]
    assert "--anyway" in runs("promote", run)[2]
    assert runs("promote", run, "--anyway", "The old one answers in German.")[1]["in_use"]
    assert [one["run"] for one in runs("list")[1] if one["in_use"]] == [run]
    assert runs("rollback")[1] == {"base": "smollm2-135m-instruct", "adapter": None}
    code, _, complaint = runs("rollback")
    assert code == 1 and "nothing to go back from" in complaint


def test_a_run_without_an_adapter_is_not_promoted(runs: Any, made: Furnished) -> None:
    code, _, complaint = runs("promote", made.runs["failed"])
    assert code == 1 and "has no adapter" in complaint


def test_delete_names_the_comparisons_that_used_the_run(runs: Any, made: Furnished) -> None:
    run = made.runs["succeeded"]
    assert runs("delete", run)[1]["comparisons"] == ["Four ways"]
    assert runs("show", run)[0] == 1
