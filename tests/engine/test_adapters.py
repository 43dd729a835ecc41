"""Adapters switched within one loaded base model."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.engine.client import Engine
from studio.engine.prompts import closed_book
from studio.errors import BadInput
from studio.models.bundled import ensure_bundled
from studio.settings import Settings

pytestmark = pytest.mark.model
QUESTION = closed_book("What is the capital of France?")
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def two_adapters(engine_settings: Settings) -> Path:
    """Adapters 901 and 902 of the engine's data folder: random weights, so that each changes the answer."""
    folder = engine_settings.data / "adapters"
    script = [sys.executable, "tests/engine/adapters.py", str(ensure_bundled(engine_settings)), str(folder)]
    environment = {"PYTHONPATH": str(REPOSITORY), "OMP_WAIT_POLICY": "PASSIVE"}
    subprocess.run(script, check=True, cwd=REPOSITORY, env=environment)
    return folder


def test_each_adapter_answers_differently_and_the_base_is_untouched(
    engine: Engine, two_adapters: Path
) -> None:
    before = engine.chat(QUESTION, max_tokens=16).text
    first, second = (engine.chat(QUESTION, adapter=n, max_tokens=16).text for n in (901, 902))
    assert engine.chat(QUESTION, max_tokens=16).text == before
    assert len({before, first, second}) == 3


def test_a_batch_of_different_adapters_answers_each_as_if_alone(engine: Engine, two_adapters: Path) -> None:
    asked = [901, None, 902, 901]
    alone = [engine.chat(QUESTION, adapter=n, max_tokens=16).text for n in asked]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda n: engine.chat(QUESTION, adapter=n, max_tokens=16).text, asked))
    assert together == alone


def test_a_changed_adapter_is_refused_in_a_sentence(engine: Engine, two_adapters: Path) -> None:
    broken = shutil.copytree(two_adapters / "901", two_adapters / "903")
    with (broken / "adapter_model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    with pytest.raises(BadInput, match="has changed since it was written"):
        engine.chat(QUESTION, adapter=903)
