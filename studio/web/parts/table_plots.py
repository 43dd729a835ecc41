"""The plots of a table that becomes a training set, as Vega-Lite specifications."""

from collections.abc import Sequence
from typing import Any

Spec = dict[str, Any]
COLOUR, BEYOND = "#16837f", "#c8660a"  # both stand out from both backgrounds
WORDS = "#7b7b7b"  # as well as these can: the theme does not reach marks of text
LONGEST_LABEL = 160  # pixels


def lengths_plot(bins: Sequence[dict[str, int]], limit: int | None, unit: str) -> Spec:
    """`bins`: {"low", "high", "upto", "examples"}, drawn from low to high; `limit`, where training cuts, is a
    dashed line."""
    told = (("low", "From"), ("upto", "to below"), ("examples", "Examples"))
    bars = {
        "mark": {"type": "bar", "orient": "vertical"},
        "encoding": {
            "x": {
                "field": "low",
                "type": "quantitative",
                "title": f"Length in {unit}",
                "axis": {"grid": False, "format": ",d", "tickCount": 8},
                "scale": {"nice": False},
            },
            "x2": {"field": "high"},
            "y": {
                "field": "examples",
                "type": "quantitative",
                "title": "Examples",
                "axis": {"tickMinStep": 1, "tickCount": 4},
            },
            "y2": {"datum": 0},
            "color": _colour(limit),
            "tooltip": [{"field": f, "type": "quantitative", "title": t, "format": ","} for f, t in told],
        },
    }
    return {"data": {"values": list(bins)}, "height": 200, "layer": [bars, *_cut_line(limit)]}


def _colour(limit: int | None) -> Spec:
    if limit is None:
        return {"value": COLOUR}
    return {"condition": {"test": f"datum.high > {limit}", "value": BEYOND}, "value": COLOUR}


def _cut_line(limit: int | None) -> list[Spec]:
    if limit is None:
        return []
    once = {"x": {"datum": limit}, "color": {"value": WORDS}, "tooltip": {"value": None}}
    return [
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5, "aria": False},
            "encoding": once | {"y": {"value": 0}, "y2": {"value": "height"}},
        },
        {
            "data": {"values": [{}]},
            "mark": {"type": "text", "align": "left", "dx": 5, "dy": 8, "fontSize": 12, "aria": False},
            "encoding": once | {"y": {"value": 0}, "text": {"value": f"cut at {limit:,}"}},
        },
    ]


def bars_plot(rows: Sequence[dict[str, Any]], what: str, marked: str = "") -> Spec:
    """`rows`: {"name", "examples", "share"}, most first; the bar of `marked` has a colour of its own."""
    colour: Spec = {"value": COLOUR}
    if marked:
        test = {"field": "name", "equal": marked}
        colour = {"condition": {"test": test, "value": BEYOND}, "value": COLOUR}
    name = {"field": "name", "type": "nominal", "title": None, "sort": None}
    amount = {"field": "examples", "type": "quantitative", "title": "Examples"}
    share = {"field": "share", "type": "quantitative", "format": ".1%"}
    return {
        "data": {"values": list(rows)},
        "height": {"step": 24},
        "encoding": {
            "y": name | {"axis": {"labelLimit": LONGEST_LABEL, "ticks": False, "domain": False}},
            "x": amount | {"axis": {"tickMinStep": 1, "tickCount": 5}},
            "tooltip": [
                name | {"title": what},
                amount | {"format": ","},
                share | {"title": "Share"},
            ],
        },
        "layer": [
            {"mark": {"type": "bar", "cornerRadiusEnd": 2}, "encoding": {"color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"text": share, "color": {"value": WORDS}},
            },
        ],
    }
