"""What a finished comparison looks like: headline, plot, differences, table of answers, downloads."""

import csv
import io
import json
from typing import Any

import streamlit as st

from studio.approaches import NAMES
from studio.comparison.notes import FORM_MATTERS
from studio.web.parts.charts import approaches_plot
from studio.web.parts.comparison_answers import show_answers
from studio.web.parts.comparison_words import (
    SHARES,
    difference_sentence,
    long_name,
    plot_caption,
    short_name,
    shown,
)
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import duration


def show_report(report: dict[str, Any], name: str) -> None:
    """Everything a comparison found, the conclusion first."""
    metrics = list(dict.fromkeys(m for entry in report["approaches"].values() for m in entry["metrics"]))
    if not metrics:
        st.caption("No answer has been scored yet.")
        return
    st.subheader(escaped(report["headline"]), anchor=False)
    for note in report["notes"]:
        st.caption(escaped(note))
    metrics.sort(key=lambda one: one != report["metric"])
    metric = st.radio(
        "Measured by", metrics, format_func=short_name, horizontal=True, key="comparisons_metric"
    )
    _plot(report, metric)
    _differences(report, metric)
    _all_numbers(report, metrics)
    show_answers(report)
    _downloads(report, name)


def _plot(report: dict[str, Any], metric: str) -> None:
    found = {name: entry["metrics"].get(metric) for name, entry in report["approaches"].items()}
    rows = [{"approach": name, **found[name]} for name in NAMES if found.get(name)]
    form = report.get("form_baseline") if metric == "token_f1" else None
    line = form if form and form >= FORM_MATTERS else None
    st.markdown(f"**{long_name(metric)}**")
    st.vega_lite_chart(
        spec=approaches_plot(rows, short_name(metric), metric in SHARES, line),
        alt=f"{long_name(metric)}: mean of each approach with its 95 % interval",
    )
    st.caption(plot_caption(rows, line))


def _differences(report: dict[str, Any], metric: str) -> None:
    found = [difference for difference in report["differences"] if difference["metric"] == metric]
    if not found:
        return
    st.subheader("Difference by difference", anchor=False)
    st.caption("Both approaches answered the same questions; “shown” means chance hardly explains it.")
    marks = {True: ":green-badge[:material/check: shown]", False: ":gray-badge[not shown]"}
    lines = [
        f"{marks[bool(difference['decided'])]} {escaped(difference_sentence(difference))}"
        for difference in sorted(found, key=lambda one: not one["decided"])
    ]
    st.markdown("  \n".join(lines))


def _all_numbers(report: dict[str, Any], metrics: list[str]) -> None:
    st.subheader("All numbers", anchor=False)
    rows = []
    for approach, entry in report["approaches"].items():
        row = {"Approach": NAMES[approach]}
        for metric in metrics:
            row[short_name(metric)] = _with_interval(metric, entry["metrics"].get(metric))
        row |= _costs(entry)
        rows.append(row)
    st.dataframe(rows, hide_index=True, alt="Every metric of every approach, with its 95 % interval")


def _costs(entry: dict[str, Any]) -> dict[str, str]:
    """What an answer takes; comparisons kept from before know its time alone."""
    first, tokens = entry.get("first_token_seconds"), entry.get("tokens_per_answer")
    told = {"Time per answer": duration(entry.get("seconds_per_answer"))}
    told |= {"First word after": duration(first)} if first is not None else {}
    return told | ({"Tokens per answer": f"{tokens:.0f}"} if tokens is not None else {})


def _with_interval(metric: str, found: dict[str, Any] | None) -> str:
    if not found or found["mean"] is None:
        return "–"
    mean, low, high = (shown(metric, found[key]) for key in ("mean", "low", "high"))
    if found["low"] is None:
        return f"{mean}  (n = {found['n']})"
    return f"{mean}  ({low} – {high})"


def _downloads(report: dict[str, Any], name: str) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Everything as JSON",
            lambda: json.dumps(report, ensure_ascii=False, indent=1, default=str).encode(),
            file_name=f"{name}.json",
            mime="application/json",
            key="comparisons_json",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Answers as CSV",
            lambda: answers_csv(report).encode("utf-8-sig"),
            file_name=f"{name}.csv",
            mime="text/csv",
            key="comparisons_csv",
            on_click="ignore",
            icon=":material/download:",
        )


def answers_csv(report: dict[str, Any]) -> str:
    """One line per question. A leading ' keeps spreadsheets from running an answer as a formula."""
    columns = ["question", "reference", *report["approaches"]]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for answer in report["answers"]:
        writer.writerow([_cell(answer.get(column)) for column in columns])
    return out.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
