"""Which model names are found and which are refused, each in one sentence."""

from pathlib import Path

import pytest

from studio.errors import BadInput, NotFound
from studio.models.catalogue import MODELS, find_model, known_model
from studio.models.embedders import EMBEDDERS
from studio.settings import Settings


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.mark.parametrize("name", ["/etc/passwd", "./model", "~/model", "../x/y", "a/b/c", r"C:\models\phi"])
def test_a_path_is_refused_as_a_path(here: Settings, name: str) -> None:
    with pytest.raises(BadInput, match="is a path; give the model's name"):
        find_model(name, here)


@pytest.mark.parametrize("name", ["https://huggingface.co/a/b", "file:///tmp/x", "www.example.org"])
def test_an_address_is_refused_as_an_address(here: Settings, name: str) -> None:
    with pytest.raises(BadInput, match="is an address; give the model's name"):
        find_model(name, here)


@pytest.mark.parametrize("name", ["", "phi 4", "owner/", "a;b", "modèle/x\n"])
def test_what_is_no_name_is_refused(here: Settings, name: str) -> None:
    with pytest.raises(BadInput, match="is not the name of a model"):
        find_model(name, here)


def test_a_plain_name_nobody_knows_is_not_found(here: Settings) -> None:
    with pytest.raises(NotFound, match="There is no model phi-9 here"):
        find_model("phi-9", here)


def test_phi_3_small_is_refused_with_its_reason(here: Settings) -> None:
    with pytest.raises(BadInput, match="program code from its authors"):
        find_model("microsoft/Phi-3-small-8k-instruct", here)


def test_a_hub_model_is_found_by_name_before_it_is_downloaded(here: Settings) -> None:
    found = find_model("microsoft/phi-4-mini-instruct", here)
    assert found.id == "microsoft/Phi-4-mini-instruct" and not found.present
    assert found.path.parent == here.data / "models"


def test_every_entry_either_trains_or_says_why_not() -> None:
    assert all(bool(m.methods) != bool(m.why_not) for m in MODELS)
    assert len({m.id.lower() for m in MODELS}) == len(MODELS) and len({e.id for e in EMBEDDERS}) == len(
        EMBEDDERS
    )
    assert known_model("MICROSOFT/phi-4-mini-instruct") is not None


def test_phi_3_is_adapted_at_its_fused_layers() -> None:
    model = known_model("microsoft/Phi-3-mini-4k-instruct")
    assert model and model.targets == ("qkv_proj", "o_proj", "gate_up_proj", "down_proj")


def test_what_cannot_be_trained_has_no_layers_to_adapt() -> None:
    assert [m.id for m in MODELS if m.targets and not m.methods] == []
