"""Embedding models beside the bundled one: folders in the data folder, and what they must not hold."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from studio.engine.client import Engine
from studio.engine.embedding_models import EmbeddingModels
from studio.errors import BadInput, NotFound, StudioError
from studio.models.bundled import embedder_folder
from studio.models.embedders import EMBEDDERS, embedder_path, find_embedder, known_embedder, local_embedders
from studio.settings import Settings

NAME = "acme/prefixed-minilm"
MODEL_FILES = ("data_config.json", "README.md", ".gitattributes")


def copied(settings: Settings, name: str = NAME) -> Path:
    """The bundled model under another name, with prefixes of its own."""
    folder = embedder_path(name, settings)
    if not folder.exists():
        shutil.copytree(embedder_folder(), folder, ignore=shutil.ignore_patterns(*MODEL_FILES))
        (folder / "config_sentence_transformers.json").write_text(
            json.dumps({"prompts": {"query": "ask: ", "document": "read: "}, "default_prompt_name": "query"})
        )
    return folder


@pytest.mark.model
def test_a_copied_folder_is_served_with_its_prefixes(engine: Engine, settings: Settings) -> None:
    copied(settings)
    model = engine.find_embedding_model(NAME)
    assert (model.query_prefix, model.passage_prefix, model.dimension) == ("ask: ", "read: ", 384)
    assert model.revision.startswith("files ")


@pytest.mark.model
def test_prefixes_are_put_before_a_text_once(engine: Engine, settings: Settings) -> None:
    copied(settings)
    model = engine.find_embedding_model(NAME)
    np.testing.assert_allclose(engine.embed(["ask: a"], model), engine.embed(["ask: a"]), atol=1e-5)


@pytest.mark.model
def test_two_models_take_turns(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    small = BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(small).save_pretrained(tmp_path / "bert")
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        shutil.copy(embedder_folder() / name, tmp_path / "bert" / name)
    parts = [Transformer(str(tmp_path / "bert")), Pooling(32), Normalize()]
    SentenceTransformer(modules=parts, device="cpu").save(str(embedder_path("tiny-bert", settings)))
    assert engine.embed(["a", "b"], engine.find_embedding_model("tiny-bert")).shape == (2, 32)
    assert engine.embed(["a"]).shape == (1, 384)


def test_a_model_that_is_not_here_is_named_with_the_way_to_it(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="embedding fetch BAAI/bge-m3"):
        find_embedder("bge-m3", Settings(tmp_path))


@pytest.mark.model
def test_the_engine_says_the_same(engine: Engine) -> None:
    with pytest.raises(StudioError, match="not on this machine"):
        engine.find_embedding_model("BAAI/bge-m3")


@pytest.mark.parametrize("name", ["modeling_evil.py", "pytorch_model.bin", "1_Pooling/hook.pkl"])
def test_a_folder_with_code_or_pickles_is_refused(tmp_path: Path, name: str) -> None:
    (copied(Settings(tmp_path)) / name).write_text("print('run')")
    with pytest.raises(BadInput, match="could run code"):
        find_embedder(NAME, Settings(tmp_path))


def test_a_folder_that_names_code_to_fetch_is_refused(tmp_path: Path) -> None:
    config = copied(Settings(tmp_path)) / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "auto_map": {"AutoModel": "evil.Model"}}))
    with pytest.raises(BadInput, match="auto_map"):
        find_embedder(NAME, Settings(tmp_path))


def test_parts_from_elsewhere_are_refused(tmp_path: Path) -> None:
    modules = [{"idx": 0, "name": "0", "path": "", "type": "custom.Evil"}]
    (copied(Settings(tmp_path)) / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(BadInput, match="names custom"):
        find_embedder(NAME, Settings(tmp_path))
    assert [e.id for e in local_embedders(Settings(tmp_path))] == ["all-minilm-l6-v2"]


@pytest.mark.parametrize("name", ["../../etc", "/etc", "http://host/model", "a/b/c"])
def test_paths_and_addresses_are_no_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"is (an address|a path)"):
        find_embedder(name, Settings(tmp_path))


def test_a_changed_file_changes_the_revision_or_is_refused(tmp_path: Path) -> None:
    here = Settings(tmp_path)
    folder = copied(here)
    before = find_embedder(NAME, here).revision
    (folder / "vocab.txt").write_text("shorter")
    with pytest.raises(BadInput, match="have changed"):
        find_embedder(NAME, here)
    (folder / "manifest.json").unlink()
    assert find_embedder(NAME, here).revision != before


@pytest.mark.model
def test_idle_models_are_dropped_and_loaded_again(tmp_path: Path) -> None:
    models = EmbeddingModels()
    folder = find_embedder("all-minilm-l6-v2", Settings(tmp_path))
    first = models.loaded(folder)
    assert models.loaded(folder) is first
    models.drop_idle(idle_seconds=-1)
    assert models.names == []


@pytest.mark.model
def test_a_model_too_large_for_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.embedding_models.NEEDED_PER_WEIGHT", 1e9)
    with pytest.raises(StudioError, match="GB of memory"):
        EmbeddingModels().loaded(find_embedder("all-minilm-l6-v2", Settings(tmp_path)))


def test_models_are_known_with_and_without_their_owner() -> None:
    for entry in EMBEDDERS:
        assert known_embedder(entry.id.upper()) is entry
    assert known_embedder("multilingual-e5-small") == known_embedder("intfloat/multilingual-e5-small")
