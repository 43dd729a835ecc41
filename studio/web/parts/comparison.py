"""What a finished comparison looks like: headline, plot, differences, table of answers, downloads."""

import csv
import io
import json
from typing import Any

import streamlit as st

from studio.approaches import NAMES
from studio.comparison.notes import FORM_MATTERS
from studio.web.parts.charts import approaches_plot
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
    _answers(report)
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
        row["Time per answer"] = duration(entry.get("seconds_per_answer"))
        rows.append(row)
    st.dataframe(rows, hide_index=True, alt="Every metric of every approach, with its 95 % interval")


def _with_interval(metric: str, found: dict[str, Any] | None) -> str:
    if not found or found["mean"] is None:
        return "–"
    mean, low, high = (shown(metric, found[key]) for key in ("mean", "low", "high"))
    if found["low"] is None:
        return f"{mean}  (n = {found['n']})"
    return f"{mean}  ({low} – {high})"


def _answers(report: dict[str, Any]) -> None:
    st.subheader("Question by question", anchor=False)
    st.caption("Select a row to read the answers in full.")
    approaches = [approach for approach in NAMES if approach in report["approaches"]]
    rows = [
        {"Question": answer["question"], "Reference": answer["reference"]}
        | {NAMES[approach]: answer.get(approach) for approach in approaches}
        for answer in report["answers"]
    ]
    event = st.dataframe(
        rows,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="comparisons_answers",
        alt="All questions with the answer of each approach",
    )
    for position in event.selection.rows[:1]:
        _one_question(report["answers"][position], approaches)


def _one_question(answer: dict[str, Any], approaches: list[str]) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(answer['question'])}**")
        st.markdown(f"Reference: {escaped(answer['reference'] or 'not answerable from the documents')}")
        with st.grid(2, min_column_width=280):
            for approach in approaches:
                with st.container(border=True):
                    st.markdown(f"**{NAMES[approach]}**{_scores(answer, approach)}")
                    st.text(answer.get(approach) or "–")


def _scores(answer: dict[str, Any], approach: str) -> str:
    scores = (answer.get("scores") or {}).get(approach) or {}
    parts = [
        f"{short_name(m).lower()} {shown(m, v)}"
        for m, v in scores.items()
        if m in ("token_f1", "similarity", "figures_right")
    ]
    return f"  :small[{' · '.join(parts)}]" if parts else ""


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
