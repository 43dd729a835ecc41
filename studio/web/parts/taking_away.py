"""The part of a run's page that takes its result away: three formats, what was checked, how each is run."""

from collections.abc import Mapping

import streamlit as st

from studio.models.catalogue import find_model
from studio.store.database import Workspace
from studio.tuning.exporting.exports import (
    ExportView,
    list_exports,
    remove_export,
    request_export,
    run_commands,
    stop_export,
)
from studio.tuning.exporting.originals import gguf_refusal
from studio.tuning.exporting.plan import FORMATS, Format
from studio.tuning.exporting.serving import convert_elsewhere, safe_name
from studio.tuning.runs import RunView
from studio.web.parts.links import same_tab
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import pill

GB = 1e9
TITLES: Mapping[Format, str] = {"adapter": "Adapter", "merged": "Merged model", "gguf": "GGUF for Ollama"}
WHAT_FOR: Mapping[Format, str] = {
    "adapter": "Small, and put onto the base model when that is loaded. For PEFT and vLLM.",
    "merged": "Adapter and base in one, as safetensors. As large as the base. For Transformers and vLLM.",
    "gguf": "Adapter and base in one file of 16 bit, with a Modelfile. For Ollama and llama.cpp.",
}


def taking_away(room: Workspace, run: RunView) -> None:
    """The three formats; follows what is being built by itself."""
    moving = any(one.active for one in list_exports(room, run.id))
    st.subheader("Take it away", anchor=False)
    st.caption("Each is loaded again and asked the same questions as the adapter before it is given out.")

    @live(moving)
    def formats() -> None:
        exports = {one.format: one for one in list_exports(room, run.id)}
        if moving and not any(one.active for one in exports.values()):
            st.rerun(scope="app")
        for form in FORMATS:
            with st.container(border=True, gap="small"):
                _format(room, run, form, exports.get(form))

    formats()


def _format(room: Workspace, run: RunView, form: Format, export: ExportView | None) -> None:
    refusal = gguf_refusal(find_model(run.base_model, room.settings)) if form == "gguf" else None
    size = f" · {_size(export.size)}" if export and export.ready and export.size else ""
    state = f" {pill(export.state, _word(export))}" if export else ""
    with st.container(gap="xxsmall"):
        st.markdown(f"**{TITLES[form]}**{size}{state}")
        st.caption(escaped(refusal or WHAT_FOR[form]))
    if refusal:
        st.code(convert_elsewhere(safe_name(run.name, f"run-{run.id}")), language="bash", wrap_lines=True)
        return
    if export:
        _situation(room, run, export)
    with st.container(horizontal=True, vertical_alignment="center"):
        _buttons(room, run, form, export)


def _buttons(room: Workspace, run: RunView, form: Format, export: ExportView | None) -> None:
    if export and export.active:
        if st.button("Stop", key=f"runs_export_stop_{form}", icon=":material/stop_circle:"):
            stop_export(room, export.id)
            st.rerun()
    elif export and export.ready:
        same_tab("Download", f"model/{export.id}.zip", "download")
        if st.button(
            "Remove",
            key=f"runs_export_remove_{form}",
            icon=":material/delete:",
            help="Frees its place on disk; it can be exported again.",
        ):
            remove_export(room, export.id)
            st.rerun()
    else:
        again = "Try again" if export and export.error else "Export"
        if st.button(again, key=f"runs_export_{form}", icon=":material/output:"):
            request_export(room, run.id, form)
            st.rerun()


def _situation(room: Workspace, run: RunView, export: ExportView) -> None:
    """How far it is, what was found, how it is run; or why not."""
    if export.state == "running":
        st.progress(export.progress, text=f"{export.doing or 'Getting ready'}…")
    if export.error:
        st.error(escaped(export.error), icon=":material/error:")
    elif export.ready:
        if export.verdict:
            st.markdown(f":green[:material/verified:] {escaped(export.verdict.sentence)}")
        st.code(run_commands(room, run.id, export.format), language="bash", wrap_lines=True)


def _word(export: ExportView) -> str | None:
    if export.ready:
        return "ready"
    return f"queued, number {export.queue_position}" if export.queue_position else None


def _size(size: int) -> str:
    return f"{size / GB:.1f} GB" if size >= GB else f"{max(0.1, size / 1e6):.1f} MB"
