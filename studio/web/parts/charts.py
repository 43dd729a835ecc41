"""The plot of a comparison as a Vega-Lite specification: how the approaches compare.

Colours come from the theme (config.toml) by position, so that both themes stay readable; shape and
position say the same as colour. Written as plain data: building them takes no time and no library.
"""

from collections.abc import Sequence
from typing import Any

from studio.approaches import NAMES

Spec = dict[str, Any]


def learning_curve(points: Sequence[dict[str, Any]]) -> Spec:
    """`points`: {"examples", "eval_loss"}; falling means that more examples would help."""
    return {
        "data": {"values": list(points)},
        "height": 180,
        "encoding": {
            "x": _quantity(
                "examples", "Examples trained on", {"zero": True}, {"grid": False, "tickCount": 5}
            ),
            "y": _quantity("eval_loss", "Loss (lower is better)", {"zero": False}, {"tickCount": 4}),
            "tooltip": [_told("examples", "Examples", ",d"), _told("eval_loss", "Held-out loss", ".3f")],
        },
        "mark": {"type": "line", "point": {"filled": True, "size": 90}},
    }


def approaches_plot(
    rows: Sequence[dict[str, Any]], title: str, percent: bool = False, line: float | None = None
) -> Spec:
    """`rows`: {"approach" (a key of NAMES), "mean", "low", "high"}; marks with 95 % intervals.

    `line` is what an answer to another question would score.
    """
    shown, names = ".0%" if percent else ".2f", list(NAMES.values())
    named = [{**row, "name": NAMES[row["approach"]]} for row in rows]
    by_name = {"field": "name", "type": "nominal", "scale": {"domain": names}, "legend": None}
    row = {"field": "name", "type": "nominal", "title": None, "sort": names}
    return {
        "data": {"values": named},
        "height": 62 * max(1, len(named)) + 40,
        "encoding": {
            "y": row | {"axis": {"labelLimit": 200, "ticks": False, "domain": False}},
            "color": by_name,
            "tooltip": [
                _told("name", "Approach"),
                _told("mean", "Mean", shown),
                _told("low", "95 % from", shown),
                _told("high", "95 % to", shown),
            ],
        },
        "layer": _marks(
            by_name, _quantity("low", title, _scale(rows), {"format": shown, "tickCount": 6}), shown
        )
        + _line(line),
    }


def _scale(rows: Sequence[Spec]) -> Spec:
    """From 0 on where nothing lies below; likelihoods all do."""
    negative = any((row["mean"] if row["low"] is None else row["low"]) < 0 for row in rows)
    return {"zero": False, "nice": True} if negative else {"domainMin": 0, "nice": True}


def _marks(by_name: Spec, low: Spec, shown: str) -> list[Spec]:
    """The interval as a bar, the mean as a mark of its own shape, and its number."""
    mean = {"field": "mean", "type": "quantitative"}
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.45},
            "encoding": {"x": low, "x2": {"field": "high"}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 140, "opacity": 1},
            "encoding": {"x": mean, "shape": by_name},
        },
        {
            "mark": {"type": "text", "dy": -14, "fontWeight": 600, "fontSize": 13},
            "encoding": {"x": mean, "text": mean | {"format": shown}},
        },
    ]


def _line(at: float | None) -> list[Spec]:
    """A thin dashed line over the whole height, named at its foot."""
    if at is None:
        return []
    # y and colour replace what the layers share: the line belongs to no approach
    silent = {"aria": False}  # the caption below the plot tells it to screen readers
    once = {"x": {"datum": at}, "color": {"value": "#808080"}, "tooltip": {"value": None}}
    return [
        {
            "data": {"values": [{}]},
            "mark": silent | {"type": "rule", "strokeWidth": 1.5, "strokeDash": [5, 4]},
            "encoding": once | {"y": {"value": 0}, "y2": {"value": "height"}},
        },
        {
            "data": {"values": [{}]},
            "mark": silent | {"type": "text", "align": "left", "dx": 5, "dy": -7, "fontSize": 11},
            "encoding": once
            | {"y": {"value": "height"}, "text": {"value": f"another question's answer {at:.2f}"}},
        },
    ]


def _quantity(field: str, title: str, scale: Spec, axis: Spec) -> Spec:
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _told(field: str, title: str, shown: str | None = None) -> Spec:
    """One line of a tooltip."""
    kind = "nominal" if shown is None else "quantitative"
    return {"field": field, "type": kind, "title": title} | ({"format": shown} if shown else {})
