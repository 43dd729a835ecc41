"""The embedding model of a library: which one it has, what it knows, and trying another beside it."""

import streamlit as st

from studio.engine.embedding_service import EmbeddingService
from studio.library.embedding.choices import Choice, list_embedding_choices, service_named
from studio.library.embedding.switching import (
    MOVING,
    Switch,
    begin_switch,
    drop_switch,
    find_switch,
    finish_switch,
    resume_switch,
)
from studio.library.libraries import LibraryView, get_library
from studio.store.database import Workspace
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped, prose, with_code
from studio.web.parts.states import count, duration
from studio.web.services import settings

STEPS = {
    "clearing": "Getting ready",
    "embedding": "Embedding every passage again",
    "comparing": "Comparing both models on this library's questions",
    "switching": "Switching",
}
FIGURES = {
    "dense_weight": "Weight of meaning",
    "ndcg": "nDCG@10",
    "hit_at_1": "First hit right",
    "hit_at_5": "Among first five",
    "mrr": "MRR",
    "meaning_ndcg": "nDCG@10 by meaning alone",
}
ELSEWHERE = "elsewhere"


def choose_model(key: str) -> str | None:
    """The name or the address of a model that can be used now; the others are listed with what they need."""
    choices = list_embedding_choices(settings())
    ready = {choice.id: choice for choice in choices if choice.available}
    name = st.selectbox(
        "Embedding model",
        [*ready, ELSEWHERE],
        format_func=lambda one: _described(ready[one]) if one in ready else "A server of your own (address)…",
        key=key,
        help="It turns texts into numbers that tell how near their meaning is. It must know your language.",
    )
    if name == ELSEWHERE:
        return st.text_input(
            "Its address and model",
            placeholder="https://host/v1#model",
            key=f"{key}_address",
            help="Any server that speaks OpenAI's embeddings protocol. Your texts are sent there.",
        ).strip()
    if name in ready and ready[name].where != "this machine":
        st.caption(f":material/cloud_upload: Your texts are sent to {escaped(ready[name].where)}.")
    return name


def other_models() -> None:
    """What the studio knows but cannot use yet, and why. Not inside a form."""
    missing = [choice for choice in list_embedding_choices(settings()) if not choice.available]
    if missing:
        with st.popover("More models", type="tertiary"):
            for choice in missing:
                st.markdown(
                    f"**{escaped(choice.id)}** · {escaped(_facts(choice))}  \n{with_code(choice.why_not)}"
                )


def service_chosen(name: str) -> EmbeddingService:
    return service_named(settings(), name)


def embedding_model(room: Workspace, library: LibraryView) -> None:
    """The model in use, and the one that is being tried beside it."""
    switch = find_switch(room, library.id)
    library = get_library(room, library.id)  # after the switch, which may just have been finished
    known = {choice.id: choice for choice in list_embedding_choices(settings())}.get(library.embedding_model)
    about = f": {_facts(known)}" if known else ""
    st.markdown(f"**{escaped(library.embedding_model)}**{escaped(about)}")
    st.caption("Every passage of this library was embedded with it, so every question is, too.")
    if switch is None:
        _try_another(room, library)
        return

    @live(switch.state in MOVING)
    def watch() -> None:
        now = find_switch(room, library.id)
        if now is None or (switch.state in MOVING and now.state not in MOVING):
            st.rerun(scope="app")
        _beside(room, library, now)

    watch()


def _try_another(room: Workspace, library: LibraryView) -> None:
    name = choose_model("library_next_model")
    other_models()
    st.caption(
        f"{count(library.passages, 'passage')} are embedded again beside the old ones; search goes on "
        "meanwhile. Then both models are compared, and you decide."
    )
    if st.button("Try this model", key="library_try_model", disabled=not name, icon=":material/science:"):
        with st.spinner("Asking for the model…"):
            begin_switch(room, library.id, service_chosen(str(name)))
        st.rerun()


def _beside(room: Workspace, library: LibraryView, switch: Switch) -> None:
    """The other model in every state it can be in."""
    if switch.state in MOVING:
        left = f", about {duration(switch.seconds_left)} left" if switch.seconds_left else ""
        wait = f" ({escaped(switch.waits_for)})" if switch.waits_for else ""
        st.progress(
            min(1.0, switch.done / switch.total) if switch.total else 0.0,
            text=f"{STEPS[switch.state]} with {escaped(switch.model)}: {switch.done:,} of "
            f"{count(switch.total, 'passage')}{left}{wait}",
        )
    elif switch.state == "interrupted":
        st.error(escaped(switch.error or "It was interrupted."), icon=":material/error:")
    else:
        st.markdown(prose(str((switch.report or {}).get("sentence", "Both models are ready."))))
        _figures(switch)
    with st.container(horizontal=True):
        _decisions(room, library, switch)


def _figures(switch: Switch) -> None:
    """The same figures for both models, so that they can be read side by side."""
    report = switch.report or {}
    if "now" not in report:
        return
    rows = {"": ["in use", "new"], "Model": [escaped(report[side]["model"]) for side in ("now", "next")]}
    for key, name in FIGURES.items():
        if key in report["now"]:
            rows[name] = [f"{report[side][key]:.2f}" for side in ("now", "next")]
    st.table(rows, border="horizontal", hide_index=True)


def _decisions(room: Workspace, library: LibraryView, switch: Switch) -> None:
    if switch.state == "ready" and st.button("Switch to the new model", key="library_switch", type="primary"):
        finish_switch(room, library.id)
        st.rerun(scope="app")
    if switch.state == "interrupted" and st.button("Go on", key="library_switch_resume", type="primary"):
        resume_switch(room, library.id)
        st.rerun(scope="app")
    if switch.state != "switching" and st.button("Keep the old model", key="library_switch_drop"):
        drop_switch(room, library.id)
        st.rerun(scope="app")


def _described(choice: Choice) -> str:
    return f"{choice.id} ({choice.languages}, {choice.where})"


def _facts(choice: Choice) -> str:
    return f"{choice.languages}, {choice.dimension} dimensions, {choice.licence}, {choice.where}"
