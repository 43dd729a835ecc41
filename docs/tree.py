"""Writes the tree in README.md from the first sentence of every file: `make tree`."""

import ast
import re
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
README = REPOSITORY / "README.md"
START, END = "<!-- tree: written by docs/tree.py -->\n```text\n", "```\n<!-- end of tree -->"
BY_FILE = ("streamlit_app.py", "pages", "studio", "migrations")
BY_FOLDER = {
    "tests/": "sentences about what the studio does, by part; tests/browser walks whole journeys in Chromium",
    "bench/": "speed and memory as ratios against a rival or ceiling in the same run; `make bench`",
    "samples/": "a made-up trade: documents, examples and held-out questions; `make samples` rebuilds it",
    "docs/": "screenshots, benchmark tables, and the writer of this tree",
    "requirements*.txt": "the product, its two bundled models (installed without dependencies), the tests",
    "Makefile": "run, test, check, bench, samples, tree",
    "DECISIONS.md": "what was decided, why, and what would change our mind",
    "CONTRIBUTING.md": "where things belong and how they are written",
}
WIDTH = 40


def tree() -> str:
    """Folders in order, each file with its purpose."""
    lines: list[str] = []
    for top in BY_FILE:
        root = REPOSITORY / top
        files = [root] if root.is_file() else sorted(root.rglob("*.py"), key=_order)
        folder = None
        for path in files:
            relative = path.relative_to(REPOSITORY)
            if path.name == "__init__.py":
                continue
            if len(relative.parts) > 1 and relative.parent != folder:
                folder = relative.parent
                lines.append(_line(f"{folder}/", _purpose(path.parent / "__init__.py")))
            indent = "  " if len(relative.parts) > 1 else ""
            lines.append(_line(f"{indent}{relative.name}", _purpose(path)))
    lines += [_line(name, purpose) for name, purpose in BY_FOLDER.items()]
    return "\n".join(lines) + "\n"


def _order(path: Path) -> tuple[str, str]:
    return str(path.parent), path.name


def _line(name: str, purpose: str) -> str:
    return f"{name:<{WIDTH}} {purpose}".rstrip()


def _purpose(path: Path) -> str:
    """The first sentence of a module's docstring, on one line."""
    if not path.exists():
        return ""
    text = " ".join((ast.get_docstring(ast.parse(path.read_text())) or "").split())
    return re.split(r"(?<=[.;]) |; called|: `python", text)[0].rstrip(".;:")


def written() -> str:
    """The tree that stands in README.md now."""
    return README.read_text().partition(START)[2].partition(END)[0]


if __name__ == "__main__":
    before, _, rest = README.read_text().partition(START)
    if not rest:
        sys.exit("README.md has no place for the tree.")
    README.write_text(before + START + tree() + END + rest.partition(END)[2])
