"""The check that stands between an adapter's folder and any loader."""

import json
from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.models.adapter_files import check_adapter
from studio.models.folders import is_complete, what_is_wrong, write_manifest

BASE = "smollm2-135m-instruct"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    (tmp_path / "adapter_model.safetensors").write_bytes(b"weights")
    return _configured(tmp_path)


def _configured(folder: Path, **changes: object) -> Path:
    config = {"peft_type": "LORA", "base_model_name_or_path": f"/models/{BASE}", **changes}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    write_manifest(folder)
    return folder


def test_a_finished_lora_is_accepted(adapter: Path) -> None:
    check_adapter(adapter, BASE)


def test_a_folder_without_manifest_was_never_finished(adapter: Path) -> None:
    (adapter / "manifest.json").unlink()
    assert not is_complete(adapter)
    with pytest.raises(BadInput, match="was never finished"):
        check_adapter(adapter, BASE)


def test_a_changed_file_is_noticed_even_at_the_same_size(adapter: Path) -> None:
    (adapter / "adapter_model.safetensors").write_bytes(b"WEIGHTS")
    assert is_complete(adapter)
    assert "has changed since it was written" in str(what_is_wrong(adapter))


@pytest.mark.parametrize("name", ["adapter_model.bin", "helper.py", "x.pkl"])
def test_a_file_that_could_run_code_is_refused(adapter: Path, name: str) -> None:
    (adapter / name).write_bytes(b"x")
    write_manifest(adapter)
    with pytest.raises(BadInput, match="could run code"):
        check_adapter(adapter, BASE)


def test_a_file_the_manifest_does_not_know_is_refused(adapter: Path) -> None:
    (adapter / "more.safetensors").write_bytes(b"x")
    with pytest.raises(BadInput, match="which its manifest does not know"):
        check_adapter(adapter, BASE)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"peft_type": "PROMPT_TUNING"}, "only LoRA adapters are loaded"),
        ({"auto_mapping": {"parent_library": "evil"}}, "sets auto_mapping, which names code"),
        ({"megatron_config": {"a": 1}}, "sets megatron_config, which names code"),
        ({"base_model_name_or_path": "other/model"}, "was trained on model, not on smollm2"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(
    adapter: Path, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        check_adapter(_configured(adapter, **changes), BASE)
