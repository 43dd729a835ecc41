"""The plots of a quality report where people would rather look: lengths with the cut, answers, languages."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import streamlit as st

from studio.library.finding.languages import OTHER, language_named
from studio.store.database import Workspace
from studio.training_sets.quality.labels import LENGTH_STEP
from studio.web.parts.defects import share
from studio.web.parts.safe_text import escaped
from studio.web.parts.seen import Row, choose_limit, model_view
from studio.web.parts.states import count
from studio.web.parts.table_plots import bars_plot, lengths_plot

MOST_BARS = 12
LONGEST_LABEL = 40
TEXTS = {"question": "questions", "answer": "answers"}


def looked_at(room: Workspace, facts: Mapping[str, Any], rows: Sequence[Row], key: str) -> None:
    """The texts as the model will see them, beside how long they are and what they are about."""
    with st.grid(2, min_column_width=340, gap="medium"):
        with st.container():
            limit = choose_limit(f"{key}_limit", longest(facts))
            lengths(facts, limit)
            answers(facts)
            languages(facts)
        with st.container():
            model_view(room, rows, limit, f"{key}_seen")


def lengths(facts: Mapping[str, Any], limit: int) -> None:
    """How long the examples are as the model reads them, and how many a `limit` cuts."""
    found = facts.get("lengths", {})
    bins = _bins(found)
    if not bins:
        return
    unit = str(found["unit"])
    cut = limit if "cut" in found else None
    st.vega_lite_chart(spec=lengths_plot(bins, cut, unit), alt=f"How many {unit} the examples have")
    told = f"Half of them have up to {count(found['median'], unit[:-1])}, the longest {found['longest']:,}."
    if cut is not None:
        whole = sum(one["examples"] for one in bins)
        over = cut_at(found["cut"], cut)
        told += f" {share(over / whole)} would be cut at {cut:,}." if over else f" None is cut at {cut:,}."
    st.caption(told)


def cut_at(counts: Sequence[int], limit: int) -> int:
    """How many examples are longer than a limit on the slider; `counts` as the facts have them."""
    at = limit // LENGTH_STEP - 1
    return counts[at] if at < len(counts) else 0


def longest(facts: Mapping[str, Any]) -> int | None:
    """Tokens of the longest example; None where only words were counted."""
    found = facts.get("lengths", {})
    return int(found["longest"]) if found.get("unit") == "tokens" and "longest" in found else None


def _bins(found: Mapping[str, Any]) -> list[dict[str, int]]:
    """The last one holds all that are longer; it is drawn as wide as the others."""
    edges, counts = found.get("edges", ()), found.get("counts", ())
    made = [
        {"low": low, "high": high, "upto": high, "examples": examples}
        for (low, high), examples in zip(pairwise(edges), counts, strict=True)
    ]
    if len(made) > 1:
        made[-1]["high"] = made[-1]["low"] + made[0]["high"] - made[0]["low"]
    while made and not made[-1]["examples"]:
        made.pop()
    return made


def answers(facts: Mapping[str, Any]) -> None:
    """The labels where answers are labels, with what always giving the commonest would score."""
    labels = facts.get("labels", ())
    if not labels:
        return
    whole = labels[0]["count"] / facts["majority"]
    shown = [
        {"name": _short(one["label"]), "examples": one["count"], "share": one["count"] / whole}
        for one in labels[:MOST_BARS]
    ]
    st.markdown(f"**{count(facts['distinct_answers'], 'different label')}**")
    st.vega_lite_chart(
        spec=bars_plot(shown, "Label", shown[0]["name"]), alt="How often each label is the answer"
    )
    more = (
        f" The other {facts['distinct_answers'] - len(shown):,} are rarer."
        if len(labels) > len(shown)
        else ""
    )
    st.caption(
        f"Always answering “{escaped(shown[0]['name'])}” would be right in {share(facts['majority'])}: "
        f"a trained model must beat that.{more}"
    )


def languages(facts: Mapping[str, Any]) -> None:
    """The languages of the texts, where there is more than one."""
    found = {part: told for part, told in facts.get("languages", {}).items() if _known(told) > 1}
    for part, told in found.items():
        whole = sum(told.values())
        shown = [
            {"name": _named(code), "examples": number, "share": number / whole}
            for code, number in told.items()
        ]
        st.markdown(f"**Languages of the {TEXTS.get(part, part)}**")
        st.vega_lite_chart(spec=bars_plot(shown[:MOST_BARS], "Language"), alt=f"Languages of the {part}")
    if found:
        st.caption("Guessed from the words; short texts often cannot be told.")


def _known(told: Mapping[str, int]) -> int:
    return sum(1 for code in told if code)


def _named(code: str) -> str:
    name = language_named(code) if code else OTHER
    return "cannot be told" if not code else code if name == OTHER else name.capitalize()


def _short(label: str) -> str:
    line = " ".join(str(label).split())
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1] + "…"
