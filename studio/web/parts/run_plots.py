"""The plots of runs as Vega-Lite specifications: how one learns, how several did, where its memory goes."""

from collections.abc import Mapping, Sequence
from typing import Any

from studio.tuning.listing import Point

Spec = dict[str, Any]
CURVES = ("training", "held-out")
COLOURS = ("#16837f", "#c8660a")  # both stand out from both backgrounds
OF_RUNS = ("#16837f", "#c8660a", "#5a8fd0", "#a06ab4", "#7d8f2a", "#b5515a")
OF_MEMORY = ("#16837f", "#5a8fd0", "#c8660a", "#a06ab4", "#7b8a90")
WORDS = "#7b7b7b"  # as well as these can: the theme does not reach marks of text
WIDEST = 2.0  # times the longest bar
MOST_SMOOTHED = 10  # steps on either side of the mean that the strong line shows


def loss_rows(points: Sequence[Point]) -> list[dict[str, Any]]:
    """One row for each value, as `loss_plot` takes them."""
    training = [{"step": p.step, "loss": p.loss, "curve": CURVES[0]} for p in points if p.loss is not None]
    held_out = [
        {"step": p.step, "loss": p.eval_loss, "curve": CURVES[1]} for p in points if p.eval_loss is not None
    ]
    return training + held_out


def loss_plot(rows: Sequence[dict[str, Any]], total_steps: int, best: int | None = None) -> Spec:
    """`rows`: {"step", "loss", "curve"}; the axis shows how far there is to go; `best`: the step to mark.

    The training loss of a step is that of a few examples, so it jumps: its line is a mean of neighbours.
    """
    far = max([total_steps, *(row["step"] for row in rows)])
    return {
        "data": {"values": list(rows)},
        "height": 340,
        "transform": [_smooth("loss", ["curve"], len(rows))],
        "encoding": {
            "x": _steps("step", "Step", {"domain": [0, far]}),
            "color": {
                "field": "curve",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(CURVES), "range": list(COLOURS)},
                "legend": {"orient": "top", "symbolType": "circle", "symbolOpacity": 1},
            },
        },
        "layer": [
            _line("loss", CURVES[0], {"strokeWidth": 1, "opacity": 0.35}),
            _line("smooth", CURVES[0], {"strokeWidth": 2}),
            _line("loss", CURVES[1], {"strokeWidth": 2.5}),
            {
                "transform": [{"filter": {"field": "curve", "equal": CURVES[1]}}],
                "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
                "encoding": {"y": _loss("loss")},
            },
            *_marked(best),
        ],
    }


def _line(field: str, curve: str, look: Spec) -> Spec:
    told = [
        _told("curve", "Curve"),
        _told("step", "Step", "d"),
        _told("loss", "Loss", ".3f"),
    ]
    return {
        "transform": [{"filter": {"field": "curve", "equal": curve}}],
        "mark": {"type": "line", "tooltip": True} | look,
        "encoding": {"y": _loss(field), "tooltip": told},
    }


def _marked(best: int | None) -> list[Spec]:
    """A thin dashed line where the held-out loss was lowest, placed by the field that all layers share."""
    if best is None:
        return []
    data: Spec = {"data": {"values": [{"step": best}]}}
    silent = {"aria": False}  # the text for screen readers names the step
    once: Spec = {"color": {"value": WORDS}, "tooltip": {"value": None}, "y": {"value": 0}}
    return [
        data
        | {
            "mark": silent | {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5},
            "encoding": once | {"y2": {"value": "height"}},
        },
        data
        | {
            "mark": silent | {"type": "text", "align": "right", "dx": -5, "dy": 8, "fontSize": 12},
            "encoding": once | {"text": {"value": f"best: step {best:,}"}},
        },
    ]


def runs_plot(
    rows: Sequence[dict[str, Any]], names: Sequence[str], by: str, title: str, *, points: bool
) -> Spec:
    """`rows`: {"run" (one of `names`), "step", "epoch", "loss"}; `by`: step or epoch."""
    colour: Spec = {
        "field": "run",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(names), "range": list(OF_RUNS[: len(names)])},
    }
    told = [_told("run", "Run"), _told(by, by.capitalize(), ".4~g"), _told("loss", "Loss", ".3f")]
    drawn: Spec = {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"y": _loss("loss", title)}}
    if not points:
        drawn = {
            "transform": [_smooth("loss", ["run"], len(rows) // len(names))],
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"y": _loss("smooth", title)},
        }
    marks: Spec = {
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
        "encoding": {"y": _loss("loss", title), "shape": colour | {"scale": {"domain": list(names)}}},
    }
    legend = {"orient": "top", "direction": "vertical", "labelLimit": 300, "symbolOpacity": 1}
    return {
        "data": {"values": list(rows)},
        "height": 400,
        "encoding": {
            "x": _steps(by, "Step" if by == "step" else "Epoch (times through the examples)", {"zero": True}),
            "color": colour | {"legend": legend},
            "tooltip": told,
        },
        "layer": [drawn, marks] if points else [drawn],
    }


def memory_plot(methods: Mapping[str, Mapping[str, float]], available: float) -> Spec:
    """`methods`: name -> purpose -> GB, stacked; a dashed line stands where the machine's memory ends.

    That end may lie beyond the plot, so that the parts of a small run can still be told apart.
    """
    purposes = list(dict.fromkeys(purpose for parts in methods.values() for purpose in parts))
    rows = [
        {"method": method, "purpose": purpose, "gb": gb, "order": at}
        for method, parts in methods.items()
        for at, (purpose, gb) in enumerate(parts.items())
    ]
    most = max(sum(parts.values()) for parts in methods.values())
    far = min(1.04 * max(available, most), WIDEST * most)
    name = {"field": "method", "type": "nominal", "title": None, "sort": list(methods)}
    bars = {
        "mark": {"type": "bar", "height": {"band": 0.7}},
        "encoding": {
            "y": name | {"axis": {"ticks": False, "domain": False}},
            "x": {
                "field": "gb",
                "type": "quantitative",
                "title": "GB of memory",
                "scale": {"domain": [0, far], "nice": False},
                "axis": {"grid": False, "tickCount": 5},
            },
            "order": {"field": "order"},
            "color": {
                "field": "purpose",
                "type": "nominal",
                "title": None,
                "sort": purposes,
                "scale": {"domain": purposes, "range": list(OF_MEMORY[: len(purposes)])},
                "legend": {"orient": "bottom", "columns": 2, "labelLimit": 110},
            },
            "tooltip": [_told("purpose", "For"), _told("gb", "GB", ".2f")],
        },
    }
    return {
        "data": {"values": rows},
        "height": {"step": 34},
        "layer": [bars, *(_limit(available) if available <= far else [])],
    }


def _limit(available: float) -> list[Spec]:
    once = {"x": {"datum": available}, "color": {"value": WORDS}, "tooltip": {"value": None}}
    return [
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 2, "aria": False},
            "encoding": once | {"y": {"value": 0}, "y2": {"value": "height"}},
        }
    ]


def _smooth(field: str, by: Sequence[str], values: int) -> Spec:
    """The mean of each value and its neighbours, as `smooth`; of few `values` the value itself."""
    around = min(MOST_SMOOTHED, values // 20)
    return {
        "window": [{"op": "mean", "field": field, "as": "smooth"}],
        "frame": [-around, around],
        "groupby": list(by),
        "sort": [{"field": "step"}],
    }


def _steps(field: str, title: str, scale: Spec) -> Spec:
    axis: Spec = {"grid": False} | ({"tickMinStep": 1, "format": "d"} if field == "step" else {})
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _loss(field: str, title: str = "Loss (lower is better)") -> Spec:
    scale, axis = {"zero": False}, {"tickCount": 6}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _told(field: str, title: str, shown: str | None = None) -> Spec:
    """One line of a tooltip."""
    kind = "nominal" if shown is None else "quantitative"
    return {"field": field, "type": kind, "title": title} | ({"format": shown} if shown else {})
