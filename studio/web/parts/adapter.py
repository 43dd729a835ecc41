"""What a run made: where its adapter comes from, whether it is in use, what can be done with it.

Drawn by the page of a run.
"""

from typing import Any

import streamlit as st

from studio.models.adapters import restore_adapter, retire_adapter
from studio.models.promotions import before, history, in_use, roll_back
from studio.store.database import Workspace
from studio.tuning.lineage import scores_of
from studio.tuning.removing import belongings, delete_run
from studio.tuning.runs import RunView
from studio.web.menu import entry_titled
from studio.web.parts.forgetting import forgetting
from studio.web.parts.promoting import promoting
from studio.web.parts.run_list import METHODS
from studio.web.parts.safe_text import escaped
from studio.web.parts.staleness import changes_since
from studio.web.parts.states import duration
from studio.web.parts.taking_away import taking_away
from studio.web.parts.training_again import train_again


def what_it_made(room: Workspace, run: RunView) -> None:
    """The adapter: where it comes from, what can be done with it here, and how it is taken away."""
    used = run.adapter_id is not None and in_use(room).get(run.base_model) == run.adapter_id
    state = "retired" if run.retired else "in use" if used else "ready"
    with st.container(border=True):
        st.markdown(f"**The adapter is {state}**")
        st.table(lineage(room, run), border="horizontal", width="stretch", alt="Where the adapter comes from")
        with st.container(horizontal=True):
            if not run.retired:
                _uses(run)
                _going_back(room, run, used=used)
            _retiring(room, run)
    _stale(room, run)
    promoting(room, run, used=used)
    if run.adapter_id is not None:
        forgetting(room, run.adapter_id)
    taking_away(room, run)


def _stale(room: Workspace, run: RunView) -> None:
    """What has changed since it was trained, and the run that would take it up."""
    newest, told = changes_since(room, run)
    if not told:
        return
    with st.container(border=True, key="runs_stale"):
        st.markdown(f":orange-badge[:material/update: changed since] {escaped(' '.join(told))}")
        if newest != run.version_id:
            train_again(room, newest, run, "Train again on the newest version")


def deleting(room: Workspace, run: RunView) -> None:
    """Behind a second button, beside what goes along; not for a run that goes on."""
    if run.active:
        return
    with st.popover("Delete this run", icon=":material/delete:", key="runs_delete"):
        st.write(f"**{escaped(run.name)}** would go with its adapter, its exports and its log.")
        st.write(escaped(belongings(room, run.id).sentence))
        if st.button("Delete it for good", key="runs_delete_sure", type="primary"):
            delete_run(room, run.id)
            st.switch_page(entry_titled("Runs").file, query_params={})


def lineage(room: Workspace, run: RunView) -> dict[str, str]:
    """Rows of the table; what an older run did not note is left out."""
    made: dict[str, Any] = run.lineage or {}
    version = f"{made.get('training_set', '')}, version {made.get('training_set_version', '?')}"
    rows = {
        "Training set": f"{version} (content {str(made.get('version_sha256', ''))[:12]})",
        "Not reviewed": f"{run.unreviewed:,} of the examples trained on" if run.unreviewed else "none",
        "Base model": f"{run.base_model} {str(made.get('base_revision', ''))[:12]}".strip(),
        "Method": METHODS.get(run.method, run.method),
        "Settings": _settings(run),
        "Trained for": f"{run.step:,} steps, {duration(run.seconds)}{_best(made)}",
        "Trained with": _edition(made),
        "Scores": "; ".join(_scores(room, run)),
        "In use because": _why_in_use(room, run),
    }
    return {name: escaped(text) for name, text in rows.items() if text}


def _why_in_use(room: Workspace, run: RunView) -> str:
    """What the check found, or the reason of whoever put it into use by hand."""
    standing = (one for one in history(room, run.base_model) if one.until is None)
    newest = next(standing, None)
    if newest is None or newest.adapter_id != run.adapter_id:
        return ""
    why = newest.why
    if why.check_id:
        return "it passed the check below"
    return f"put into use by hand ({why.by}): {why.reason or 'no reason given'}"


def _settings(run: RunView) -> str:
    named = {"rank": "rank", "learning_rate": "learning rate", "epochs": "epochs", "seed": "seed"}
    settings = [f"{word} {run.settings[key]:g}" for key, word in named.items() if key in run.settings]
    most = run.settings.get("max_steps")
    return " · ".join([run.preset, *settings, *([f"at most {most:,} steps"] if most else [])])


def _best(made: dict[str, Any]) -> str:
    best = made.get("best_step")
    return f"; kept as it was at step {best:,}" if best is not None and best != made.get("steps") else ""


def _edition(made: dict[str, Any]) -> str:
    """The studio's code, the libraries that matter most, and the device."""
    edition = made.get("edition")
    if not edition:
        return ""
    code = str(edition["commit"] or edition["sources_sha256"])[:12]
    named = edition["libraries"]
    libraries = [f"{name} {named[name]}" for name in ("torch", "transformers", "peft") if name in named]
    return " · ".join([f"studio {code}", *libraries, str(made.get("device", ""))]).removesuffix(" · ")


def _scores(room: Workspace, run: RunView) -> list[str]:
    """What the adapter scored in its newest comparison."""
    scores = scores_of(room, run.id)
    newest = scores[0].comparison_id if scores else None
    told = [one.sentence for one in scores if one.comparison_id == newest]
    return [f"{scores[0].comparison}: {told[0]}", *told[1:]] if told else []


def _uses(run: RunView) -> None:
    named = {"adapter": str(run.adapter_id)}
    if st.button("Compare it", key="runs_compare", type="primary", icon=":material/balance:"):
        st.switch_page(entry_titled("Comparisons").file, query_params=named)
    if st.button("Ask it", key="runs_ask", icon=":material/forum:"):
        st.switch_page(entry_titled("Chat").file, query_params=named)


def _going_back(room: Workspace, run: RunView, *, used: bool) -> None:
    """From the one in use to what was in use before; nothing is deleted."""
    if used:
        former = before(room, run.base_model)
        back = f"Go back to {former.adapter}" if former else "Go back to the base model"
        told = "Chat and comparisons offer that one first again. Nothing is deleted."
        if st.button(escaped(back), key="runs_rollback", icon=":material/undo:", help=told):
            roll_back(room, run.base_model)
            st.rerun()


def _retiring(room: Workspace, run: RunView) -> None:
    """Out of the lists of chat and comparisons, and back; nothing is deleted."""
    word, icon, change = (
        ("Restore", "unarchive", restore_adapter) if run.retired else ("Retire", "archive", retire_adapter)
    )
    told = "Chat and comparisons offer it again." if run.retired else "Chat and comparisons offer it no more."
    if run.adapter_id and st.button(word, key="runs_retire", icon=f":material/{icon}:", help=told):
        change(room, run.adapter_id)
        st.rerun()
