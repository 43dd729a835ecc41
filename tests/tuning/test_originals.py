"""For which base models GGUF is written here, and what is said for the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from studio.models.catalogue import ModelFolder
from studio.tuning.exporting.originals import gguf_refusal, original_of


def folder_of(path: Path, config: dict[str, Any], *files: str) -> ModelFolder:
    (path / "config.json").write_text(json.dumps(config))
    for name in files:
        (path / name).write_bytes(b"GGUF")
    return ModelFolder("org/base", path, "", True)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"model_type": "qwen3"}, "like llama and Phi-3 only"),
        ({"model_type": "phi3", "rope_scaling": {"type": "longrope"}}, "stretches its positions (longrope)"),
        ({"model_type": "llama", "rope_parameters": {"rope_type": "llama3"}}, "its positions (llama3)"),
    ],
)
def test_what_cannot_be_checked_as_gguf_is_refused_with_the_way_to_get_it(
    tmp_path: Path, config: dict[str, Any], sentence: str
) -> None:
    refusal = gguf_refusal(folder_of(tmp_path, config, "base.gguf")) or ""
    assert sentence in refusal and "llama.cpp's converter" in refusal


@pytest.mark.parametrize("config", [{"model_type": "phi3", "rope_scaling": None}, {"model_type": "mistral"}])
def test_a_gguf_file_beside_the_base_is_what_it_takes(tmp_path: Path, config: dict[str, Any]) -> None:
    base = folder_of(tmp_path, config)
    assert "Put one there" in (gguf_refusal(base) or "")
    base = folder_of(tmp_path, config, "base.gguf")
    assert (gguf_refusal(base), original_of(base)) == (None, tmp_path / "base.gguf")
