"""`models`: what is listed, and what a check says before anything is loaded."""

import json
from pathlib import Path

import pytest

from studio.__main__ import main
from tests.models.conftest import FakeHub, folder, hub, sound_files

__all__ = ["folder", "hub"]


def models(capsys: pytest.CaptureFixture[str], data: Path, *given: str) -> tuple[int, str, str]:
    code = main(["models", *given, "--data", str(data)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_list_tells_licence_context_and_layers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, _ = models(capsys, tmp_path, "list", "--json")
    phi = next(row for row in json.loads(out) if row["id"] == "microsoft/Phi-3-mini-4k-instruct")
    assert code == 0 and (phi["licence"], phi["context"], phi["here"]) == ("MIT", 4096, False)
    assert phi["targets"] == ["qkv_proj", "o_proj", "gate_up_proj", "down_proj"]


def test_a_sound_folder_can_be_used(capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path) -> None:
    code, out, _ = models(capsys, tmp_path, "check", str(folder))
    assert code == 0 and out.startswith("model can be used. All its files are sound.")


def test_a_folder_that_could_run_code_fails_with_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: Path
) -> None:
    (folder / "modeling_x.py").write_text("1/0")
    code, out, err = models(capsys, tmp_path, "check", str(folder))
    assert (code, out) == (1, "")
    assert err == "The folder of model holds modeling_x.py, which could run code; remove that file.\n"


def test_a_model_on_the_hub_is_checked_by_its_list_and_its_config(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, hub: FakeHub
) -> None:
    hub.models["owner/small"] = sound_files()
    code, out, _ = models(capsys, tmp_path, "check", "owner/small", "--json")
    found = json.loads(out)
    assert code == 0 and (found["licence"], found["method"]) == ("mit", "lora")
    assert not any("GET" in request and "safetensors" in request for request in hub.asked)


def test_a_model_the_hub_does_not_know_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, hub: FakeHub
) -> None:
    code, _, err = models(capsys, tmp_path, "check", "owner/typo")
    assert code == 1 and err.startswith("The hub knows no model owner/typo")
