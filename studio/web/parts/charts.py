"""The two plots of the studio: how a run learns, and how the approaches compare.

Colours come from the theme (config.toml) by position, so that both themes stay readable; shape and
position say the same as colour.
"""

from collections.abc import Sequence
from typing import Any

import altair as alt

Plot = alt.LayerChart | alt.FacetChart

APPROACH_NAMES = {
    "base": "Base model",
    "rag": "RAG",
    "fine-tuned": "Fine-tuned",
    "rag+fine-tuned": "RAG + fine-tuned",
}
CURVES = ("training", "held-out")


def loss_curve(points: Sequence[dict[str, Any]], total_steps: int) -> Plot:
    """`points`: {"step", "loss", "curve"} with curve one of CURVES; the axis shows how far there is to go."""
    data = alt.InlineData(values=list(points))
    both = alt.Scale(domain=list(CURVES))
    legend = alt.Legend(orient="top", symbolType="circle", symbolOpacity=1)
    color = alt.Color("curve:N", title=None, scale=both, legend=legend)
    far = alt.Scale(domain=[0, max([total_steps, *(point["step"] for point in points)])])
    x = alt.X("step:Q", title="Step", scale=far, axis=alt.Axis(tickMinStep=1, format="d", grid=False))
    y = alt.Y("loss:Q", title="Loss (lower is better)", scale=alt.Scale(zero=False))
    tip = [alt.Tooltip("curve:N"), alt.Tooltip("step:Q"), alt.Tooltip("loss:Q", format=".3f")]
    base = alt.Chart(data).encode(x=x, y=y, color=color, tooltip=tip)
    marks = base.mark_point(filled=True, size=60, opacity=1)
    held_out = marks.transform_filter(alt.datum.curve == CURVES[1])
    return alt.layer(base.mark_line(strokeWidth=2), held_out).properties(height=300)


def approaches_plot(rows: Sequence[dict[str, Any]], title: str, percent: bool = False) -> Plot:
    """`rows`: {"approach" (a key of APPROACH_NAMES), "mean", "low", "high"}; a dot with its 95 % interval."""
    named = [{**row, "name": APPROACH_NAMES[row["approach"]]} for row in rows]
    names = list(APPROACH_NAMES.values())
    shown = ".0%" if percent else ".2f"
    color = alt.Color("name:N", sort=names, scale=alt.Scale(domain=names), legend=None)
    y = alt.Y("name:N", title=None, sort=names, axis=alt.Axis(labelLimit=200, ticks=False, domain=False))
    tip = [alt.Tooltip("name:N", title="Approach")] + [
        alt.Tooltip(f"{field}:Q", title=word, format=shown)
        for field, word in (("mean", "Mean"), ("low", "95 % from"), ("high", "95 % to"))
    ]
    base = alt.Chart(alt.InlineData(values=named)).encode(y=y, color=color, tooltip=tip)
    scale = alt.Scale(domainMin=0, nice=True)
    x = alt.X("low:Q", title=title, scale=scale, axis=alt.Axis(format=shown, tickCount=6))
    line = base.mark_rule(strokeWidth=4, opacity=0.45).encode(x=x, x2="high:Q")
    dot = base.mark_point(filled=True, size=140, opacity=1).encode(
        x="mean:Q", shape=alt.Shape("name:N", sort=names, scale=alt.Scale(domain=names), legend=None)
    )
    label = base.mark_text(dy=-14, fontWeight=600, fontSize=13).encode(
        x="mean:Q", text=alt.Text("mean:Q", format=shown)
    )
    return alt.layer(line, dot, label).properties(height=62 * max(1, len(named)) + 40)
