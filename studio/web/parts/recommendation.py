"""The recommendation: conclusion, confidence, reasons with their sources, and what would change it."""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from studio.advice.reasons import Reason
from studio.advice.recommend import Recommendation
from studio.advice.signals import SHARES
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

FLIPS_SHOWN = 5


def signal_value(key: str, value: Any) -> str:
    """A number as people read it: shares in per cent, counts with thousands."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:.0%}" if key in SHARES else f"{value:,.2f}".rstrip("0").rstrip(".")
    return str(value)


def show_recommendation(found: Recommendation) -> None:
    """What to do, and how sure that is."""
    show_conclusion(found)
    show_confidence(found)


def show_conclusion(found: Recommendation) -> None:
    st.subheader(found.title, anchor=False)
    st.markdown(escaped(found.meaning))


def show_confidence(found: Recommendation) -> None:
    """As a bar with the number of clues, and what the proof says."""
    clues = len(found.reasons) + len(found.against)
    if clues:
        said = (
            f"Confidence {found.confidence:.0%}: a judgement from {count(clues, 'clue')}, not a probability"
        )
        st.progress(found.confidence, text=said)
    else:
        st.caption("No clue yet: answer a question or choose what you have.")
    if found.pilot_says:
        st.info(escaped(found.pilot_says), icon=":material/balance:")


def show_reasons(found: Recommendation) -> None:
    """Both sides, each reason with the value that made it hold and where it comes from."""
    st.markdown("**What speaks for it**")
    _reasons(found.reasons, "Nothing is known yet that speaks for building anything.")
    st.markdown("**What speaks against it**")
    _reasons(found.against, "Nothing you said or we measured speaks against it.")


def _reasons(reasons: Sequence[Reason], otherwise: str) -> None:
    if not reasons:
        st.caption(otherwise)
    for reason in reasons:
        st.markdown(f"{_weight(reason)} {escaped(reason.text)}  \n:small[:gray[{_origin(reason)}]]")


def _weight(reason: Reason) -> str:
    if reason.weight >= 3:
        return ":blue-badge[strong]"
    return ":blue-badge[medium]" if reason.weight >= 1.5 else ":gray-badge[light]"


def _origin(reason: Reason) -> str:
    value = "not known" if reason.value is None else signal_value(reason.signal, reason.value)
    said = f"you answered: {value}" if reason.kind == "answer" else f"measured: {value}"
    if reason.signal == "gpu_memory_gb":
        said = f"this machine: {value} GB"
    if reason.n:
        said += f" (n = {reason.n:,})"
    source = "" if reason.source in ("answer", "measurement") else f" · {reason.source}"
    return escaped(said + source)


def show_what_next(found: Recommendation) -> None:
    """What is missing, what would flip the conclusion, and the published figures behind it."""
    if found.missing:
        st.markdown("**What would make this firmer**")
        st.markdown(_bullets(found.missing))
    if found.flips:
        with st.expander(f"What would change this advice ({len(found.flips)})", key="advice_flips"):
            st.markdown(_bullets(flip.text for flip in found.flips[:FLIPS_SHOWN]))
    if found.figures:
        with st.expander(f"Published figures behind it ({len(found.figures)})", key="advice_figures"):
            for figure in found.figures.values():
                st.markdown(
                    f"**{escaped(figure['finding'])}:** {escaped(figure['figures'])}  \n"
                    f":small[:gray[Holds for: {escaped(figure['scope'])} · {escaped(figure['source'])}]]"
                )


def _bullets(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(sentence)}" for sentence in sentences)
