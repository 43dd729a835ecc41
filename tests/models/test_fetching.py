"""Bringing models here from a hub: what goes wrong is one sentence, and what was fetched is not lost."""

import json
from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound, StudioError
from studio.models import hub as model_hub
from studio.models.catalogue import ModelFolder, find_model
from studio.models.fetching import fetch_embedder, fetch_model
from studio.settings import Settings
from tests.models.conftest import REVISION, FakeHub, sound_files

MODEL = "owner/small"


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


def fetch(here: Settings) -> ModelFolder:
    return fetch_model(find_model(MODEL, here), here)


def test_a_model_is_fetched_with_its_revision(hub: FakeHub, here: Settings) -> None:
    hub.models[MODEL] = sound_files()
    found = fetch(here)
    assert found.present and found.revision == REVISION
    assert (found.path / "README.md").exists()  # its licence stands there


def test_program_code_is_never_fetched(hub: FakeHub, here: Settings) -> None:
    code = {"modeling_x.py": b"1/0", "pytorch_model.bin": b"x"}
    hub.models[MODEL] = sound_files(auto_map={"AutoModel": "modeling_x.X"}) | code
    found = fetch(here)
    assert not any((found.path / name).exists() for name in code)
    assert not any(name in request for request in hub.asked for name in code)


@pytest.mark.parametrize(
    ("status", "code", "kind", "sentence"),
    [
        (401, "GatedRepo", StudioError, "owner/small is gated: accept its licence at http"),
        (403, "GatedRepo", StudioError, "then set HF_TOKEN to a token of that account"),
        (404, "RepoNotFound", NotFound, "The hub knows no model owner/small, or keeps it private"),
        (500, "", StudioError, "The hub answered 500 when asked for owner/small; try again later"),
    ],
)
def test_a_refusal_of_the_hub_is_one_sentence(
    hub: FakeHub, here: Settings, status: int, code: str, kind: type[StudioError], sentence: str
) -> None:
    hub.refuse = (status, code)
    with pytest.raises(kind, match=sentence):
        fetch(here)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"config.json": b"{}", "pytorch_model.bin": b"x"}, "its pickle files could run program code"),
        ({"config.json": b"{}", "small.Q4.gguf": b"x"}, "it is a GGUF build, for running only"),
        ({"config.json": b"{}", "model.onnx": b"x"}, "it is an ONNX build, for running only"),
        ({"config.json": b"{}"}, "there are no weights beside its config.json"),
        ({"model.safetensors": b"x"}, "has no config.json, so it is not a language model"),
        (sound_files(model_type="chatglm", auto_map={}), r"needs its authors' program code \(auto_map\)"),
        (sound_files(quantization_config={"quant_method": "gptq"}), r"is quantised already \(gptq\)"),
    ],
)
def test_what_cannot_be_used_is_refused_before_its_weights_are_fetched(
    hub: FakeHub, here: Settings, files: dict[str, bytes], sentence: str
) -> None:
    hub.models[MODEL] = files
    with pytest.raises(BadInput, match=sentence):
        fetch(here)
    assert not any("resolve" in request and "safetensors" in request for request in hub.asked)


def test_a_model_too_large_for_the_disk_is_not_begun(
    hub: FakeHub, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.models[MODEL] = sound_files()
    monkeypatch.setattr(model_hub.shutil, "disk_usage", lambda place: type("Use", (), {"free": 1000})())
    with pytest.raises(StudioError, match=r"takes 0.0 GB, and only 0.0 GB of disk are free under"):
        fetch(here)
    assert not any("resolve" in request for request in hub.asked)


def test_a_connection_that_breaks_off_is_taken_up_again(hub: FakeHub, here: Settings) -> None:
    hub.models[MODEL] = sound_files()
    hub.cut["model.safetensors"] = 1500
    found = fetch(here)
    assert (found.path / "model.safetensors").read_bytes() == sound_files()["model.safetensors"]
    assert hub.cut == {}


def test_a_download_that_failed_is_not_begun_anew(hub: FakeHub, here: Settings) -> None:
    hub.models[MODEL] = sound_files()
    hub.missing.add("tokenizer.json")
    with pytest.raises(StudioError, match="try again"):
        fetch(here)
    hub.missing.clear()
    assert fetch(here).present
    assert sum(request.startswith("GET") and "model.safetensors" in request for request in hub.asked) == 1


def test_a_machine_that_is_offline_says_so(here: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(StudioError, match=r"because http://127.0.0.1:9 cannot be reached from here"):
        fetch(here)


def test_an_embedder_from_a_hub_that_cannot_be_reached_is_one_sentence(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(StudioError, match="could not be downloaded"):
        fetch_embedder("intfloat/multilingual-e5-small", here)


def test_a_download_whose_weights_are_damaged_is_thrown_away(hub: FakeHub, here: Settings) -> None:
    hub.models[MODEL] = sound_files() | {"model.safetensors": b"\xff" * 100}
    with pytest.raises(BadInput, match=r"model.safetensors of owner/small is damaged"):
        fetch(here)
    assert [path.name for path in (here.data / "models").iterdir() if path.is_dir()] == []


def test_an_index_that_names_missing_weights_is_not_taken_for_whole(hub: FakeHub, here: Settings) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    hub.models[MODEL] = sound_files() | {"model.safetensors.index.json": json.dumps(index).encode()}
    with pytest.raises(BadInput, match=r"is not whole: model-00001-of-00002.safetensors is missing"):
        fetch(here)
