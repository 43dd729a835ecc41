"""Made-up model folders, and a model hub that listens on this machine."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlparse

import pytest

REVISION = "0123456789abcdef0123456789abcdef01234567"
LLAMA = {
    "model_type": "llama", "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1,
    "num_attention_heads": 2, "vocab_size": 32, "max_position_embeddings": 64,
}  # fmt: skip


def weights(payload: bytes = b"12345678") -> bytes:
    """A sound safetensors file with one tensor."""
    header = json.dumps(
        {"w": {"dtype": "F32", "shape": [len(payload) // 4], "data_offsets": [0, len(payload)]}}
    ).encode()
    return struct.pack("<Q", len(header)) + header + payload


def sound_files(**config: object) -> dict[str, bytes]:
    """What a small model on the hub holds."""
    return {
        "config.json": json.dumps(LLAMA | config).encode(),
        "model.safetensors": weights(b"x" * 4000),
        "tokenizer.json": b"{}",
        "README.md": b"# Read me",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model's folder in which nothing is wrong."""
    made = tmp_path / "model"
    made.mkdir()
    for name, content in sound_files().items():
        (made / name).write_bytes(content)
    return made


@dataclass
class FakeHub:
    """Serves the models it is given. `refuse` is the status and error code for everything; `missing` files
    are listed but not given; `cut` breaks off a file's body once after so many bytes; `asked` tells all.
    """

    models: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refuse: tuple[int, str] | None = None
    missing: set[str] = field(default_factory=set)
    cut: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = urlparse(self.path).path.strip("/")
        reach = self.headers.get("Range", "")
        self.hub.asked.append(f"{self.command} {path} {reach}".strip())
        if self.hub.refuse:
            self._send(self.hub.refuse[0], b"{}", {"X-Error-Code": self.hub.refuse[1]})
        elif path.startswith("api/models/"):
            self._listing("/".join(path.split("/")[2:4]), path)
        else:
            owner, name, _, _, *file = path.split("/")
            self._file(self.hub.models.get(f"{owner}/{name}", {}), "/".join(file), reach)

    def _listing(self, model: str, path: str) -> None:
        files = self.hub.models.get(model)
        if files is None:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
            return
        tree = [
            {"type": "file", "path": n, "size": len(c), "oid": sha256(c).hexdigest()[:40]}
            for n, c in files.items()
        ]
        info = {
            "id": model, "sha": REVISION, "gated": False, "tags": ["license:mit"],
            "siblings": [{"rfilename": name, "size": len(content)} for name, content in files.items()],
        }  # fmt: skip
        self._send(200, json.dumps(tree if "/tree/" in path else info).encode())

    def _file(self, files: dict[str, bytes], name: str, reach: str) -> None:
        if name not in files or name in self.hub.missing:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        content = files[name]
        about = {
            "ETag": f'"{sha256(content).hexdigest()}"',
            "X-Repo-Commit": REVISION,
            "Accept-Ranges": "bytes",
        }
        if reach.startswith("bytes="):
            start = int(reach[6:].split("-")[0])
            about["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(206, content[start:], about, name)
        else:
            self._send(200, content, about, name)

    def _send(self, status: int, body: bytes, about: dict[str, str] | None = None, name: str = "") -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(about or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if name in self.hub.cut:
            self.wfile.write(body[: self.hub.cut.pop(name)])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(body)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub of one's own, which HF_ENDPOINT names."""
    made = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": made}))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    made.address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", made.address)
    yield made
    server.shutdown()
    server.server_close()
    thread.join()
