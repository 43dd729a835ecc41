"""`decisions`: records from the command line."""

import json

import pytest

from studio.__main__ import main
from studio.advice.answers import Answers
from studio.advice.decisions import save_decision
from studio.advice.recommend import recommend
from studio.advice.signals import Signals

pytestmark = pytest.mark.postgres


def test_a_decision_is_listed_written_and_compared(room, tmp_path, capsys):
    first = save_decision(room, recommend(Answers(needs_sources=True), Signals()))
    second = save_decision(room, recommend(Answers(fixed_form=True), Signals()))
    where = ["--data", str(room.settings.data), "--workspace", room.name, "--json"]
    assert main(["decisions", "list", *where]) == 0
    assert [one["decision"] for one in json.loads(capsys.readouterr().out)] == [second, first]
    assert main(["decisions", "show", str(first), "--to", str(tmp_path / "record.html"), *where]) == 0
    assert (tmp_path / "record.html").read_text().startswith("<!doctype html>")
    capsys.readouterr()
    assert main(["decisions", "compare", str(second), str(first), *where]) == 0
    assert any("Must every answer show" in line for line in json.loads(capsys.readouterr().out))
