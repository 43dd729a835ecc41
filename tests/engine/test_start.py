"""How an engine is found, started once, ended, and replaced."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from studio.engine.client import Engine, open_engine
from studio.engine.start import find_engine, read_address, running_engine
from studio.errors import StudioError
from studio.settings import Settings

REPOSITORY = Path(__file__).parents[2]


def test_the_client_does_not_load_torch() -> None:
    code = (
        "import sys, studio.engine.client, studio.engine.prompts, studio.models.catalogue,"
        " studio.models.adapters, studio.models.bundled; "
        "assert not {'torch', 'transformers', 'peft', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)


@pytest.mark.model
def test_two_clients_at_once_start_one_engine(short_lived: Settings) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(find_engine, [short_lived, short_lived])
    assert first == second == running_engine(short_lived.data)


@pytest.mark.model
def test_the_key_file_is_readable_by_its_owner_only(engine: Engine, engine_data: Path) -> None:
    assert (engine_data / "engine.json").stat().st_mode & 0o077 == 0


@pytest.mark.model
def test_a_wrong_key_is_refused_in_a_sentence(engine: Engine, tmp_path: Path) -> None:
    stranger = Settings(data=tmp_path, engine_url=engine.address.url, engine_key="wrong")
    with pytest.raises(StudioError, match="rejected the key; set STUDIO_ENGINE_KEY"):
        open_engine(stranger).embed(["x"])


@pytest.mark.model
def test_a_configured_address_with_its_v1_is_used_as_it_is(engine: Engine, tmp_path: Path) -> None:
    address = engine.address
    other = open_engine(Settings(data=tmp_path, engine_url=f"{address.url}/v1/", engine_key=address.key))
    assert other.embed(["x"]).shape == (1, 384)
    assert list(tmp_path.iterdir()) == []


def test_a_configured_engine_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.engine.client.RETRIES", 0)
    nobody = Settings(data=tmp_path, engine_url="http://127.0.0.1:9")
    with pytest.raises(StudioError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        open_engine(nobody).chat([{"role": "user", "content": "Hello"}])


@pytest.mark.model
def test_an_engine_killed_between_two_calls_is_replaced(short_lived: Settings) -> None:
    client = open_engine(short_lived)
    killed = client.address.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert client.embed(["still here"]).shape == (1, 384)
    assert client.address.pid != killed


@pytest.mark.model
def test_an_engine_killed_in_an_answer_ends_it_with_a_sentence(short_lived: Settings) -> None:
    client = open_engine(short_lived)
    stream = client.stream([{"role": "user", "content": "Tell a long story."}], max_tokens=500)
    next(stream)
    assert client.address.pid is not None
    os.kill(client.address.pid, signal.SIGKILL)
    with pytest.raises(StudioError, match="stopped in the middle"):
        list(stream)


@pytest.mark.model
def test_an_engine_nobody_uses_ends_itself(short_lived: Settings) -> None:
    user = (
        "import sys; from studio.engine.client import open_engine; from studio.settings import Settings;"
        "print(open_engine(Settings.load(sys.argv[1])).address.pid)"
    )
    said = subprocess.run(
        [sys.executable, "-c", user, str(short_lived.data)], check=True, cwd=REPOSITORY, capture_output=True
    )
    process = int(said.stdout)
    deadline = time.monotonic() + 20
    while psutil.pid_exists(process) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not psutil.pid_exists(process)
    assert read_address(short_lived.data) is None


@pytest.mark.model
def test_a_second_engine_for_a_data_folder_is_refused(engine: Engine, engine_settings: Settings) -> None:
    from studio.engine.server import serve

    with pytest.raises(StudioError, match="Another engine already serves"):
        serve(replace(engine_settings))
