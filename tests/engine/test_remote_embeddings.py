"""What a service on the net may do wrong, over a real socket: waited for, refused, or rejected whole."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.engine import remote_embeddings
from studio.engine.embedding_service import EmbeddingService, read_service
from studio.engine.remote_embeddings import Patience, RemoteEmbeddings, Task
from studio.errors import StudioError
from tests.fakes import EmbeddingServer, embedding_server, vector_of

SHORT = Patience(attempts=3, first=0.01, longest=2.0)
TEXTS = ["one", "two", "three"]


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with embedding_server() as started:
        yield started


@pytest.fixture
def remote(server: EmbeddingServer, tmp_path: Path) -> RemoteEmbeddings:
    return asking(server, tmp_path, pinned=8)


def asking(server: EmbeddingServer, data: Path, pinned: int | None = None, **more: Any) -> RemoteEmbeddings:
    given = {"provider": "compatible", "url": server.url, "model": "fake-1", **more}
    return RemoteEmbeddings(read_service(given), data, pinned)


def embed(remote: RemoteEmbeddings, texts: list[str], task: Task, **more: Any) -> np.ndarray:
    return remote.embed(texts, task, patience=SHORT, **more)


def unit(texts: list[str], dimension: int = 8) -> np.ndarray:
    raw = np.array([vector_of(text, dimension) for text in texts], np.float32)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def test_vectors_come_back_to_their_texts_over_several_requests(
    remote: RemoteEmbeddings, server: EmbeddingServer
) -> None:
    texts = [f"text {number}" for number in range(70)]
    np.testing.assert_allclose(embed(remote, texts, "passage"), unit(texts), atol=1e-6)
    assert [len(body["input"]) for body in server.seen] == [32, 32, 6]


def test_a_rate_limit_is_waited_for_as_told_and_said(
    remote: RemoteEmbeddings, server: EmbeddingServer
) -> None:
    server.script = [{"status": 429, "headers": {"Retry-After": "1"}}]
    heard: list[str] = []
    began = time.monotonic()
    vectors = embed(remote, TEXTS, "passage", say=heard.append)
    assert time.monotonic() - began >= 1
    assert heard[0] == "rate limited, waits 1 s"
    np.testing.assert_allclose(vectors, unit(TEXTS), atol=1e-6)


def test_finished_batches_are_not_sent_again(remote: RemoteEmbeddings, server: EmbeddingServer) -> None:
    server.script = [{}, {"status": 429}, {}]
    embed(remote, [str(number) for number in range(64)], "passage")
    assert [body["input"][0] for body in server.seen] == ["0", "32", "32"]


def test_a_wait_beyond_all_patience_is_refused_at_once(
    remote: RemoteEmbeddings, server: EmbeddingServer
) -> None:
    server.script = [{"status": 429, "headers": {"Retry-After": "3600"}}]
    with pytest.raises(StudioError, match="asks to slow down"):
        embed(remote, TEXTS, "passage")
    assert len(server.seen) == 1


@pytest.mark.parametrize("step", [{"status": 500}, {"status": 502, "body": "<html>"}, {"hang_up": True}])
def test_passing_failures_are_tried_again(
    remote: RemoteEmbeddings, server: EmbeddingServer, step: dict[str, Any]
) -> None:
    server.script = [step, step]
    np.testing.assert_allclose(embed(remote, TEXTS, "passage"), unit(TEXTS), atol=1e-6)


def test_lasting_failures_end_after_the_last_attempt(
    remote: RemoteEmbeddings, server: EmbeddingServer
) -> None:
    server.script = [{"status": 503}] * 9
    with pytest.raises(StudioError, match="What was finished is kept"):
        embed(remote, TEXTS, "passage")
    assert len(server.seen) == SHORT.attempts


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "key was rejected by 127.0.0.1"),
        (403, "key was rejected"),
        (404, "knows no model fake-1"),
        (400, "refused the texts"),
        (307, "sends on to another address"),
    ],
)
def test_refusals_are_not_tried_again(
    remote: RemoteEmbeddings, server: EmbeddingServer, status: int, sentence: str
) -> None:
    server.script = [{"status": status, "headers": {"Location": "http://127.0.0.1:1/"}}]
    with pytest.raises(StudioError, match=sentence):
        embed(remote, TEXTS, "passage")
    assert len(server.seen) == 1


def test_an_empty_account_is_not_waited_for(remote: RemoteEmbeddings, server: EmbeddingServer) -> None:
    server.script = [{"status": 429, "body": '{"error": {"code": "insufficient_quota", "message": "no"}}'}]
    with pytest.raises(StudioError, match="no credit left"):
        embed(remote, TEXTS, "passage")


def test_the_key_is_in_no_sentence(
    server: EmbeddingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_EMBEDDING_URL", server.url)
    monkeypatch.setenv("STUDIO_EMBEDDING_KEY", "sk-secret")
    server.script = [{"status": 400, "body": '{"error": {"message": "bad key sk-secret here"}}'}]
    with pytest.raises(StudioError, match="bad key … here") as caught:
        embed(asking(server, tmp_path), TEXTS, "passage")
    assert server.keys == ["Bearer sk-secret"]
    assert "sk-secret" not in repr(caught.value)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"dimension": 5}, "width 5 instead of 8"),
        ({"change": lambda data: data[:2]}, "2 vectors for 3 texts"),
        ({"change": lambda data: [*data[:2], {**data[2], "index": 1}]}, "numbered its vectors wrongly"),
        ({"change": lambda data: [*data[:2], {"index": 2, "embedding": [float("nan")] * 8}]}, "not numbers"),
        ({"change": lambda data: [*data[:2], {"index": 2, "embedding": [None] * 8}]}, "not numbers"),
        ({"change": lambda data: [*data[:2], {"index": 2, "embedding": [0.0] * 8}]}, "not numbers"),
        ({"change": lambda data: [*data[:2], {"index": 2, "embedding": [1e300] * 8}]}, "not numbers"),
        ({"body": "<html>Welcome</html>"}, "something else than vectors"),
        ({"body": '{"data": null}'}, "something else than vectors"),
    ],
)
def test_a_wrong_reply_is_rejected_whole(
    remote: RemoteEmbeddings, server: EmbeddingServer, step: dict[str, Any], sentence: str
) -> None:
    server.script = [step]
    with pytest.raises(StudioError, match=sentence):
        embed(remote, TEXTS, "passage")
    assert len(server.seen) == 1


def test_vectors_in_another_order_find_their_places(
    remote: RemoteEmbeddings, server: EmbeddingServer
) -> None:
    server.script = [{"change": lambda data: data[::-1]}]
    np.testing.assert_allclose(embed(remote, TEXTS, "passage"), unit(TEXTS), atol=1e-6)


def test_a_service_that_changed_its_model_is_noticed(
    remote: RemoteEmbeddings, server: EmbeddingServer
) -> None:
    embed(remote, TEXTS, "passage")
    server.script = [{"model": "fake-2"}]
    with pytest.raises(StudioError, match="now answers with the model fake-2 instead of fake-1"):
        embed(remote, TEXTS, "passage")


def test_silence_ends_at_the_time_limit(
    server: EmbeddingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (remote_embeddings.TIMEOUT.connect, remote_embeddings.TIMEOUT.read) == (5.0, 60.0)
    monkeypatch.setattr(remote_embeddings, "TIMEOUT", 0.2)
    server.script = [{"silence": 1}] * 3
    began = time.monotonic()
    with pytest.raises(StudioError, match="did not answer in time"):
        embed(asking(server, tmp_path), TEXTS, "query")
    assert time.monotonic() - began < 2


def test_waiting_ends_when_the_job_is_stopped(remote: RemoteEmbeddings, server: EmbeddingServer) -> None:
    def stopped(_: str) -> None:
        raise InterruptedError

    server.script = [{"status": 429, "headers": {"Retry-After": "2"}}]
    with pytest.raises(InterruptedError):
        embed(remote, TEXTS, "passage", say=stopped)


def test_questions_and_passages_get_the_prefixes_of_the_model(
    server: EmbeddingServer, tmp_path: Path
) -> None:
    remote = asking(server, tmp_path, model="intfloat/multilingual-e5-small")
    embed(remote, ["a"], "query")
    embed(remote, ["b"], "passage")
    assert server.texts == ["query: a", "passage: b"]


def test_jina_is_told_the_task(server: EmbeddingServer, tmp_path: Path) -> None:
    remote = asking(server, tmp_path, provider="jina", model="jina-embeddings-v3", dimensions=256)
    embed(remote, ["a"], "query")
    embed(remote, ["b"], "passage")
    assert [body["task"] for body in server.seen] == ["retrieval.query", "retrieval.passage"]
    assert server.seen[0]["dimensions"] == 256 and "late_chunking" not in server.seen[1]


def test_late_chunking_sends_the_passages_of_one_document_together(
    server: EmbeddingServer, tmp_path: Path
) -> None:
    remote = asking(server, tmp_path, provider="jina", model="jina-embeddings-v3", late_chunking=True)
    embed(remote, ["a1", "a2", "b1"], "passage", documents=[7, 7, 8])
    assert [body["input"] for body in server.seen] == [["a1", "a2"], ["b1"]]
    assert all(body["late_chunking"] for body in server.seen)


def test_dimensions_are_asked_for(server: EmbeddingServer, tmp_path: Path) -> None:
    remote = asking(server, tmp_path, model="text-embedding-3-large", dimensions=1024)
    assert isinstance(remote.service, EmbeddingService)
    embed(remote, ["a"], "passage")
    assert server.seen[0]["dimensions"] == 1024
