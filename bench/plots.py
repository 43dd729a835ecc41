"""Draws small line charts as SVG that reads on light and dark ground. Used by the bench of growth."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

WIDTH, HEIGHT = 300, 240  # of a panel
LEFT, RIGHT, TOP, BOTTOM = 52, 20, 44, 40
STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #24292f }
    .title { font-weight: 600; font-size: 13px }
    .grid { stroke: #8c959f; stroke-opacity: .35 }
    .line { fill: none; stroke: #0550ae; stroke-width: 2 }
    .other { stroke: #bc4c00; stroke-dasharray: 5 3 }
    .dot { fill: #0550ae } .dot.other { fill: #bc4c00; stroke: none }
    @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        .line { stroke: #79c0ff } .dot { fill: #79c0ff }
        .other { stroke: #ffa657 } .dot.other { fill: #ffa657 }
    }
"""


@dataclass(frozen=True)
class Series:
    """A line; its label stands at its end."""

    label: str
    values: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """Lines over the same sizes, on a logarithmic axis; values start at 0."""

    title: str
    sizes: Sequence[int]
    series: Sequence[Series]


def as_svg(panels: Sequence[Panel], title: str) -> str:
    """The panels side by side."""
    parts = [
        f'<g transform="translate({at * WIDTH} 0)">{_panel(panel)}</g>' for at, panel in enumerate(panels)
    ]
    size = f'viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}" width="{WIDTH * len(panels)}" height="{HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">'
    return (
        f"{head}\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _panel(panel: Panel) -> str:
    top = _round_up(max(value for series in panel.series for value in series.values))
    lines = [f'<text class="title" x="{LEFT}" y="20">{escape(panel.title)}</text>']
    for share in (0, 0.5, 1):
        y = _y(share * top, top)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{share * top:,.6g}</text>')
    for size in panel.sizes:
        x = _x(size, panel.sizes)
        lines.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{_short(size)}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    lines.append(f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">passages</text>')
    for series, kind in zip(panel.series, ("", " other"), strict=False):
        lines += _line(panel.sizes, series, top, kind if len(panel.series) > 1 else "")
    return "\n".join(lines)


def _line(sizes: Sequence[int], series: Series, top: float, kind: str) -> list[str]:
    points = [(_x(size, sizes), _y(value, top)) for size, value in zip(sizes, series.values, strict=True)]
    path = " ".join(f"{x},{y}" for x, y in points)
    lines = [f'<polyline class="line{kind}" points="{path}"/>']
    for (x, y), value in zip(points, series.values, strict=True):
        lines.append(
            f'<circle class="dot{kind}" cx="{x}" cy="{y}" r="3"><title>{value:,.4g}</title></circle>'
        )
    x, y = points[-1]
    return [*lines, f'<text x="{x}" y="{y - 8}" text-anchor="end">{escape(series.label)}</text>']


def _x(size: int, sizes: Sequence[int]) -> float:
    reach = log10(max(sizes) / min(sizes)) or 1.0
    return round(LEFT + 14 + (WIDTH - RIGHT - LEFT - 28) * log10(size / min(sizes)) / reach, 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _round_up(value: float) -> float:
    """The next of 1, 2, 3, 4, 5, 6, 8, 10 times a power of ten."""
    unit = 10.0 ** (ceil(log10(value)) - 1)
    return next(unit * step for step in (1, 2, 3, 4, 5, 6, 8, 10) if unit * step >= value)


def _short(size: int) -> str:
    return f"{size // 1000}k" if size >= 1000 else str(size)
