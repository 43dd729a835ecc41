"""The command that brings files in, where none of them can be read in the end."""

import json
from pathlib import Path

import docx
import pytest

from studio.__main__ import main
from studio.engine.client import Engine
from studio.settings import Settings

pytestmark = [pytest.mark.postgres, pytest.mark.model]


def test_a_library_whose_every_document_failed_is_not_left_behind(
    settings: Settings, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docx.Document().save(str(tmp_path / "blank.docx"))
    where = ["--data", str(settings.data), "--workspace", "blank"]
    assert main(["ingest", "--library", "blank", str(tmp_path / "blank.docx"), "--json", *where]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["library"] is None
    assert "has no text" in told["documents"][0]["error"]
    assert main(["search", "--library", "blank", "x", *where]) == 1
    assert "There is no library called blank" in capsys.readouterr().err
