"""The shape of the code: imports go one way, torch and Streamlit stay where they belong."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
STUDIO = REPOSITORY / "studio"
LEVELS = {
    "errors": 0, "settings": 0, "processes": 0, "csv_cells": 0, "archives": 0, "open_xml": 0, "workbooks": 0,
    "answer_scores": 0, "approaches": 0, "text_tables": 1,
    "statistics": 0,
    "store": 1,
    "jobs": 2, "models": 2, "engine": 2,
    "library": 3, "training_sets": 3, "tuning": 3,
    "comparison": 4,
    "advice": 5,
    "sample": 6, "doctor": 6,
    "web": 7, "commands": 7,
    "__main__": 8, "__init__": 0,
}  # fmt: skip
TORCH_FAMILY = {"torch", "transformers", "peft", "sentence_transformers", "bitsandbytes", "accelerate"}
MAY_USE_TORCH = {"engine", "tuning", "models"}
FORBIDDEN_TEXT = {
    r"trust_remote_code\s*=\s*True": "runs code from a model folder",
    r"shell\s*=\s*True": "starts a shell",
    r"^\s*(import|from) (pickle|joblib)": "unpickles",
    r"unsafe_allow_html\s*=\s*True": "turns text into HTML",
    r"(?<![\w.])(eval|exec)\(": "evaluates text",
}


def modules() -> list[Path]:
    return [path for path in STUDIO.rglob("*.py") if "__pycache__" not in path.parts]


def part_of(path: Path) -> str:
    return path.relative_to(STUDIO).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_imports_go_one_way(path: Path) -> None:
    here = part_of(path)
    parts = {name.split(".")[1] for name in imports(path) if name.startswith("studio.")}
    upward = {part for part in parts if part != here and LEVELS[part] > LEVELS[here]}
    assert not upward


def test_only_web_and_pages_know_streamlit() -> None:
    users = {
        part_of(path) for path in modules() if any(n.split(".")[0] == "streamlit" for n in imports(path))
    }
    assert users <= {"web"}


def test_only_the_engine_and_training_know_torch() -> None:
    users = {part_of(path) for path in modules() if {n.split(".")[0] for n in imports(path)} & TORCH_FAMILY}
    assert users <= MAY_USE_TORCH


@pytest.mark.parametrize(
    "first", ["studio.web.launch", "studio.commands.jobs", "studio.__main__", "studio.sample"]
)
def test_no_torch_in_the_web_the_worker_or_the_command_line(first: str) -> None:
    code = f"import sys, {first}; print(sorted({TORCH_FAMILY!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("pattern", FORBIDDEN_TEXT)
def test_nothing_unsafe_is_written_anywhere(pattern: str) -> None:
    sources = [*modules(), *(REPOSITORY / "pages").rglob("*.py"), REPOSITORY / "streamlit_app.py"]
    guilty = [str(path) for path in sources if re.search(pattern, path.read_text(), re.MULTILINE)]
    assert not guilty, FORBIDDEN_TEXT[pattern]


def test_pages_lie_in_sections() -> None:
    assert not list((REPOSITORY / "pages").glob("*.py"))


def test_pages_are_thin() -> None:
    long = {str(p): len(p.read_text().splitlines()) for p in (REPOSITORY / "pages").rglob("*.py")}
    assert not {name: lines for name, lines in long.items() if lines > 60}
