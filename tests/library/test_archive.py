"""ZIP archives of documents: unpacked one by one, refused as a whole when something in them is wrong."""

import stat
import zipfile
from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.library.parse import expand


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as problem:
        next(iter(expand(path, path.name)))
    return str(problem.value)


def test_files_come_with_their_folders_and_without_clutter(tmp_path: Path) -> None:
    files = {"a.txt": b"A", "old/b.txt": b"B", "__MACOSX/a.txt": b"x", "old/.DS_Store": b"x"}
    path = write_zip(tmp_path / "a.zip", files)
    assert [(name, file.read_bytes()) for name, file in expand(path, "a.zip")] == [
        ("a.txt", b"A"),
        ("old/b.txt", b"B"),
    ]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": b"A", "b.txt": b"B"})
    seen = [file for _, file in expand(path, "a.zip")]
    assert not any(file.exists() or file.parent.exists() for file in seen)


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "a/../../b.txt", "C:/a.txt", "a\\..\\b.txt"])
def test_a_file_that_would_lie_outside(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "a.zip", {"fine.txt": b"x", name: b"x"})
    assert refusal(path).startswith("a.zip has a file that would lie outside its folder")


def test_a_link(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("passwords.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal(tmp_path / "a.zip").startswith("a.zip has a link in it: passwords.txt")


def test_an_archive_in_an_archive(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"deep/inner.ZIP": b"PK"})
    assert refusal(path) == "a.zip has an archive in it: deep/inner.ZIP. Unpack it and add its files."


def test_an_encrypted_archive(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": b"x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert refusal(path).startswith("a.zip is password-protected.")


def test_an_archive_that_unpacks_to_very_much(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": b"0" * 20_000_000})
    assert "would unpack to 20 MB" in refusal(path)


def test_too_many_files(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{n}.txt": b"" for n in range(2001)})
    assert "in 2,001 parts" in refusal(path)


def test_a_damaged_file_inside(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.txt": bytes(range(256)) * 40})
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(bytes(data))
    assert refusal(path) == "a.zip is damaged: a.txt cannot be unpacked. Pack it again."


def test_an_empty_archive(tmp_path: Path) -> None:
    assert refusal(write_zip(tmp_path / "a.zip", {})) == "a.zip has no files in it."
