"""The plot of how well search finds things for each weight of meaning, as a Vega-Lite specification."""

from collections.abc import Sequence
from typing import Any

Spec = dict[str, Any]
COLOUR = "#16837f"  # stands out from both backgrounds


def weights_plot(rows: Sequence[dict[str, float]], now: float) -> Spec:
    """`rows`: {"weight", "ndcg", "low", "high"}; `now` is the weight in use, drawn as a dashed line."""
    floor = max(0.0, int(min(row["low"] for row in rows) * 10) / 10)
    y = {
        "type": "quantitative",
        "title": "nDCG@10 (higher is better)",
        "scale": {"domain": [min(floor, 0.9), 1]},
        "axis": {"format": ".2f"},
    }
    x = {
        "field": "weight",
        "type": "quantitative",
        "title": ["Weight of meaning", "(0: words alone, 1: meaning alone)"],  # in two lines for phones
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".1f", "grid": False, "values": [tenth / 10 for tenth in range(11)]},
    }
    told = (("weight", "Weight"), ("ndcg", "nDCG@10"), ("low", "95 % from"), ("high", "95 % to"))
    return {
        "data": {"values": list(rows)},
        "height": 240,
        "encoding": {
            "x": x,
            "tooltip": [
                {"field": field, "type": "quantitative", "title": title, "format": ".2f"}
                for field, title in told
            ],
        },
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.18, "color": COLOUR},
                "encoding": {"y": y | {"field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "point": {"size": 50, "color": COLOUR}, "color": COLOUR},
                "encoding": {"y": y | {"field": "ndcg"}},
            },
            {
                "data": {"values": [{"weight": now}]},
                "mark": {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5, "aria": False},
                "encoding": {
                    "y": {"value": 0},
                    "y2": {"value": "height"},
                    "color": {"value": "#808080"},
                    "tooltip": {"value": None},
                },
            },
        ],
    }
