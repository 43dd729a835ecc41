"""The licence on a model card is the base model's own, or is said to be unknown."""

from pathlib import Path

import pytest

from studio.models.catalogue import MODELS
from studio.models.licences import TAGS, licence_files, licence_of


@pytest.mark.parametrize(
    ("files", "name", "tag"),
    [
        ({"README.md": "---\nbase: x\nlicense: apache-2.0\n---\n# M\n"}, "apache-2.0", "apache-2.0"),
        (
            {"README.md": "---\nlicense: other\nlicense_name: qwen-research\n---\n"},
            "qwen-research",
            "other",
        ),
        ({"README.md": "# M\nlicense: mit\n"}, "not known here", "unknown"),
        ({"LICENSE": "\n  MIT License\n\nCopyright"}, "MIT License", "other"),
        ({"LICENSE.txt": "<b>[Terms](http://x)</b> of use"}, "b Terms (http x) b of use", "other"),
        ({}, "not known here", "unknown"),
    ],
)
def test_a_licence_is_read_from_the_model_folder(
    tmp_path: Path, files: dict[str, str], name: str, tag: str
) -> None:
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    found = licence_of("own-model", tmp_path)
    assert found.name.startswith(name)
    assert found.tag == tag


def test_the_catalogue_knows_better_than_the_folder(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: gpl-3.0\n---\n")
    found = licence_of("microsoft/phi-4-mini-instruct", tmp_path)
    assert (found.name, found.tag) == ("MIT", "mit")


def test_files_to_pass_on_are_texts_only(tmp_path: Path) -> None:
    for name in ("LICENSE", "NOTICE.txt", "LICENSE.py", "README.md"):
        (tmp_path / name).write_text("x")
    assert [path.name for path in licence_files(tmp_path)] == ["LICENSE", "NOTICE.txt"]


def test_every_licence_of_the_catalogue_has_the_hubs_word_for_it() -> None:
    assert {model.licence for model in MODELS} <= set(TAGS)
