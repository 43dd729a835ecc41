"""Addresses of embedding services and the keys that go there, and nowhere else."""

from pathlib import Path

import pytest

from studio.engine.addresses import key_for, normalised_url, resolved
from studio.engine.embedding_service import EmbeddingService, read_service
from studio.errors import BadInput, StudioError

OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    "typed",
    ["http://host:8080", "http://host:8080/", "http://host:8080/v1", "http://host:8080/v1/v1/",
     " http://host:8080//v1/embeddings "],
)  # fmt: skip
def test_one_address_however_it_is_typed(typed: str) -> None:
    assert normalised_url(typed) == "http://host:8080/v1"


def test_a_path_before_v1_is_kept() -> None:
    assert normalised_url("https://proxy.example/team/v1") == "https://proxy.example/team/v1"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("host:8080/v1", "must begin with https://"),
        ("ftp://host/v1", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("http://me:secret@host/v1", "must not hold a name or a key"),
        ("http://host/v1?key=secret", "no \\? and no #"),
        ("http:///v1", "names no host"),
        ("http://ho st/v1", "names no host"),
        ("http://host:99999/v1", "not an address"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(typed: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as caught:
        normalised_url(typed)
    assert "secret" not in str(caught.value)


def test_the_place_where_clouds_keep_credentials_is_refused() -> None:
    with pytest.raises(BadInput, match="no place for an embedding service"):
        resolved("http://169.254.169.254/v1")


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(StudioError, match="is not known on this network"):
        resolved("https://nowhere.invalid/v1")


def test_a_key_reaches_its_own_host_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("STUDIO_EMBEDDING_KEY", "own")
    monkeypatch.setenv("STUDIO_EMBEDDING_URL", "http://inner:7997")
    assert key_for(OPENAI, tmp_path) == "sk-1"
    assert key_for("http://inner:7997/v1", tmp_path) == "own"
    assert key_for("http://inner:7998/v1", tmp_path) is None
    assert key_for("https://api.openai.com.example/v1", tmp_path) is None


def test_a_key_file_must_be_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "inner-7997"
    file.parent.mkdir()
    file.write_text("abc\n")
    file.chmod(0o644)
    with pytest.raises(BadInput, match="chmod 600"):
        key_for("http://inner:7997/v1", tmp_path)
    file.chmod(0o600)
    assert key_for("http://inner:7997/v1", tmp_path) == "abc"


def test_a_key_with_a_line_break_is_refused_without_showing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1\nX-Evil: 1")
    with pytest.raises(BadInput, match="line break") as caught:
        key_for(OPENAI, tmp_path)
    assert "sk-1" not in str(caught.value)


def test_the_bundled_model_is_an_empty_setting() -> None:
    assert read_service({}) == EmbeddingService() and read_service({}).as_json() == {}


def test_a_service_survives_being_kept() -> None:
    given = {"provider": "openai", "model": "text-embedding-3-large", "dimensions": 1024}
    kept = read_service(given).as_json()
    assert kept == {**given, "url": OPENAI} and read_service(kept).as_json() == kept


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"provider": "openai"}, "Name the model"),
        ({"provider": "compatible", "model": "m"}, "Give the address"),
        ({"provider": "compatible", "model": "m", "url": "http://h", "key": "k"}, "no setting called key"),
        ({"provider": "openai", "model": "text-embedding-3-small", "dimensions": 2000}, "at most 1536"),
        ({"provider": "openai", "model": "m", "dimensions": 5000}, "1 to 4000"),
        ({"provider": "openai", "model": "m", "late_chunking": True}, "Only Jina"),
        ({"provider": "magic", "model": "m"}, "one of engine"),
    ],
)
def test_a_service_that_cannot_be_is_refused(given: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_service(given)
