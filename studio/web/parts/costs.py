"""What each way would cost on this host, and which base model can be trained here, by which method."""

from typing import Any

import streamlit as st

from studio.advice.costs import Facts, costs
from studio.advice.figures import FIGURES
from studio.advice.measuring.measurements import Data, find_measurement
from studio.advice.method import CITED, EXPLANATION, USUAL_LENGTH, advise_method
from studio.advice.recommend import Recommendation
from studio.engine.client import CHAT_MODEL
from studio.models.catalogue import find_model
from studio.store.database import Workspace
from studio.training_sets.versions import VersionView
from studio.tuning.forecast import forecast, lengths, this_host
from studio.tuning.presets import DEFAULT_PRESET, find_preset
from studio.web.parts.safe_text import escaped

WAYS = {"not yet": "Prompt alone", "rag": "RAG", "fine-tune": "Fine-tuning", "rag+fine-tune": "Both"}


def show_costs(room: Workspace, found: Recommendation, version: VersionView | None, data: Data) -> None:
    """Folded up: it refines the advice."""
    with st.expander("What each way costs here", key="advice_costs"):
        longest, facts = _facts(room, found, version, data)
        for one in costs(facts):
            chosen = " :blue-badge[advised]" if one.way == found.conclusion else ""
            st.markdown(
                f"**{WAYS[one.way]}**{chosen}  \n"
                f":small[Build: {escaped(one.build)} Answer: {escaped(one.answer)} "
                f"Upkeep: {escaped(one.upkeep)}]"
            )
    with st.expander("LoRA or QLoRA, and which base model", key="advice_method"):
        st.markdown(escaped(advise_method(this_host(), longest).text))
        st.caption(escaped(EXPLANATION))
        for figure in (FIGURES[key] for key in CITED):
            st.markdown(
                f":small[**{escaped(figure.finding)}:** {escaped(figure.figures)} "
                f":gray[({escaped(figure.scope)}; {escaped(figure.source)})]]"
            )


def _facts(
    room: Workspace, found: Recommendation, version: VersionView | None, data: Data
) -> tuple[int, Facts]:
    """(the longest example in tokens, what is known)."""
    measured = find_measurement(room, data)
    rows = measured.results.get("rows", []) if measured else []
    known: dict[str, Any] = {
        "documents": found.signals["documents"],
        "examples": found.signals["examples"],
        "facts_change": found.answers["facts_change"],
        "seconds_alone": _mean(rows, "closed_seconds"),
        "seconds_with_passages": _mean(rows, "oracle_seconds"),
    }
    if version is None:
        return USUAL_LENGTH, Facts(**known)
    model, training = find_model(CHAT_MODEL, room.settings), find_preset(DEFAULT_PRESET).settings
    seen, expected = lengths(room, model, version.id, 0), forecast(room, model, version.id, training)
    known |= {"tokens_an_example": float(seen.p50), "training_seconds": expected and expected.seconds}
    return seen.longest or USUAL_LENGTH, Facts(**known)


def _mean(rows: list[dict[str, Any]], name: str) -> float | None:
    found = [float(row[name]) for row in rows if name in row]
    return sum(found) / len(found) if found else None
