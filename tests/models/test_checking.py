"""What is looked at before a model's folder reaches a loader, each fault in one sentence."""

import ast
import json
import struct
from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.models.checking import LARGEST_HEADER, check_model_folder
from tests.models.conftest import LLAMA, weights

STUDIO = Path(__file__).resolve().parents[2] / "studio"
LOADERS = {"from_pretrained", "from_config", "SentenceTransformer"}


def refused(folder: Path, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as caught:
        check_model_folder(folder, "owner/name")
    assert str(caught.value).count(". ") == 0


def configured(folder: Path, **config: object) -> Path:
    (folder / "config.json").write_text(json.dumps(LLAMA | config))
    return folder


def test_a_sound_folder_is_taken(folder: Path) -> None:
    check_model_folder(folder, "owner/name")


def test_phi_3_is_taken_although_it_also_names_code(folder: Path) -> None:
    check_model_folder(configured(folder, model_type="phi3", auto_map={"AutoConfig": "x.Y"}), "owner/name")


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"model_type": "phi3small", "auto_map": {}}, r"phi3small, which needs its authors' program code"),
        ({"model_type": "phi3_v", "vision_config": {}}, "which reads pictures, while only text models"),
        ({"model_type": "bert"}, "of the architecture bert, which cannot be trained here"),
        ({"model_type": None}, "of the architecture None"),
        ({"model_type": ["llama"]}, "has a config.json that names no architecture"),
        ({"quantization_config": {"quant_method": "awq"}}, r"is quantised already \(awq\)"),
    ],
)
def test_a_config_that_cannot_be_trained_is_refused(
    folder: Path, config: dict[str, object], sentence: str
) -> None:
    refused(configured(folder, **config), sentence)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_config_that_is_no_object_is_refused(folder: Path, content: bytes) -> None:
    (folder / "config.json").write_bytes(content)
    refused(folder, r"has no readable config\.json, so it is not a language model")


@pytest.mark.parametrize("name", ["modeling_x.py", "deep/helper.PY", "kernel.so", "setup.sh"])
def test_a_folder_with_program_files_is_refused(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"x")
    refused(folder, "which could run code; remove that file")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("pytorch_model.bin", "its pickle files could run program code and are never loaded"),
        ("weights.PT", "its pickle files"),
        ("model.gguf", "it is a GGUF build"),
        ("notes.txt", r"there are no weights beside its config\.json"),
    ],
)
def test_weights_in_another_form_are_refused(folder: Path, name: str, sentence: str) -> None:
    (folder / "model.safetensors").rename(folder / name)
    refused(folder, sentence)


@pytest.mark.parametrize("place", ["../evil.safetensors", "/etc/passwd", "sub/x.safetensors", "weights.bin"])
def test_an_index_may_not_name_files_elsewhere(folder: Path, place: str) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"w": place}}))
    refused(folder, "which is no safetensors file of its folder")


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "more.json"])
def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "outside").write_bytes(b"secret")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(tmp_path / "outside")
    refused(folder, "is a link that leads out of it; copy the file itself")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04" + b"x" * 100,
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", LARGEST_HEADER + 1) + b"{}",
        struct.pack("<Q", 2) + b"{}",
        struct.pack("<Q", 4) + b"[[[[",
        weights()[:-1],
        weights() + b"x",
        weights().replace(b"[0, 8]", b"[0,-8]"),
    ],
)
def test_a_damaged_or_forged_header_is_refused(folder: Path, content: bytes) -> None:
    (folder / "model.safetensors").write_bytes(content)
    refused(folder, r"model\.safetensors of owner/name is damaged")


def test_a_model_without_a_tokenizer_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    refused(folder, r"has no tokenizer\.json")


def calls() -> list[tuple[str, ast.Call]]:
    """Every call in the studio that loads a model, a tokenizer or a config."""
    found = []
    for path in STUDIO.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in LOADERS:
                    found.append((f"{path.relative_to(STUDIO)}:{node.lineno}", node))
    return found


@pytest.mark.parametrize(
    ("place", "call"), calls(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_loader_is_told_to_trust_code(place: str, call: ast.Call) -> None:
    trusting = [word.value for word in call.keywords if word.arg == "trust_remote_code"]
    assert all(isinstance(value, ast.Constant) and value.value is False for value in trusting)


def test_code_beside_a_model_is_not_run_by_a_loader(folder: Path, tmp_path: Path) -> None:
    """Even if the check were passed by: transformers reads a known architecture with its own code."""
    from transformers import AutoModelForCausalLM

    sentinel = tmp_path / "ran"
    (folder / "evil.py").write_text(f"open({str(sentinel)!r}, 'w')\nclass X: pass\n")
    configured(folder, auto_map={"AutoConfig": "evil.X", "AutoModelForCausalLM": "evil.X"})
    AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    assert not sentinel.exists()
