"""How well a library's search was measured to find things: figures, plot, and what they mean in plain words.

Drawn by the search lab.
"""

from collections.abc import Sequence

import streamlit as st

from studio.library.libraries import LibraryView, library_row
from studio.library.quality.measuring import (
    Measurement,
    find_measurement,
    is_measuring,
    keep_setting,
    measure_if_changed,
    release_setting,
)
from studio.library.quality.questions import ENOUGH, TeamQuestion, read_team_questions, save_questions
from studio.library.quality.trials import SettingResult
from studio.library.quality.trying import Trial, find_trial, forget_trial, start_trial
from studio.library.quality.weights import as_good, best_weight, usual_weight
from studio.store.database import Workspace
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count
from studio.web.parts.weights_plot import weights_plot
from studio.web.uploads import on_disk

LEGEND = (
    "**nDCG@10** counts how high the right documents stand among the first ten (1 is perfect), with its "
    "95 % interval. **First** and **Among five**: how often a right one was there. **MRR**: one divided by "
    "its place."
)


def keep_weight(room: Workspace, library: LibraryView, weight: float) -> None:
    """The way from trying a weight to answering with it, and back."""
    with st.container(horizontal=True):
        same = abs(weight - library.dense_weight) < 0.001
        if st.button(f"Answer with {weight:.2f} from now on", key="search_lab_keep", disabled=same):
            keep_setting(room, library.id, weight)
            st.toast("Kept: answers and searches of this library use this weight now.")
            st.rerun()
        kept = bool(library_row(room, library.id).search.get("kept"))
        if kept and st.button("Let measurements decide again", key="search_lab_release"):
            release_setting(room, library.id)
            st.rerun()


def what_was_measured(room: Workspace, library: LibraryView) -> None:
    """The newest measurement of the library, in every state it can be in."""
    measuring = is_measuring(room, library.id)

    @live(measuring, seconds=3)
    def watch() -> None:
        if measuring:
            _progress(room, library)

    watch()
    found = find_measurement(room, library.id)
    if found and found.settings:
        st.markdown(_in_words(found))
        figures(found.settings, library.dense_weight, "measured")
    elif found:
        st.caption(
            f"Only {count(found.questions, 'question')} could be made from this library, too few to measure "
            "anything: it answers with the usual weight. You can try your own questions below."
        )
    elif not measuring:
        st.caption("Nothing was measured yet for this library.")
        if st.button("Measure now", key="search_lab_measure", icon=":material/speed:"):
            measure_if_changed(room, library.id)
            st.rerun()


def _progress(room: Workspace, library: LibraryView) -> None:
    asked = library_row(room, library.id).search.get("measuring")
    if asked is None:
        st.rerun(scope="app")
    total = (asked or {}).get("total") or 0
    st.progress(
        (asked or {}).get("done", 0) / total if total else 0.0,
        text="Measuring on questions made from the library itself; it goes on when you leave this page.",
    )


def _in_words(found: Measurement) -> str:
    at = {round(one.dense_weight, 2): one for one in found.settings}
    best = min(found.settings, key=lambda one: abs(one.dense_weight - found.chosen))
    whose = "of your team" if found.origin == "team" else "made from its own passages"
    ends = [f"{one.name} {one.ndcg:.2f}" for one in (at.get(0.0), at.get(1.0)) if one]
    return (
        f"Measured on **{count(found.questions, 'question')}** {whose}: with the weight "
        f"**{found.chosen:.2f}** a right document stands among the first five for **{best.hit_at_5:.0%}** "
        f"of them. nDCG@10 is {best.ndcg:.2f}" + (f"; {', '.join(ends)}." if ends else ".")
    )


def figures(results: Sequence[SettingResult], weight: float, key: str) -> None:
    """Plot and table of the same figures."""
    st.vega_lite_chart(weights_plot([_point(one) for one in results], weight), width="stretch")
    st.caption(
        f"The dashed line is the weight the library answers with, {weight:.2f}. The band: 95 % interval."
    )
    with st.expander("All figures", key=f"search_lab_{key}"):
        st.table([_row(one) for one in results], border="horizontal", hide_index=True)
        st.markdown(LEGEND)


def _point(one: SettingResult) -> dict[str, float]:
    low = one.ndcg if one.ndcg_low is None else one.ndcg_low
    high = one.ndcg if one.ndcg_high is None else one.ndcg_high
    return {"weight": one.dense_weight, "ndcg": one.ndcg, "low": low, "high": high}


def _row(one: SettingResult) -> dict[str, str]:
    between = "" if one.ndcg_low is None else f" ({one.ndcg_low:.2f} to {one.ndcg_high:.2f})"
    return {
        "Setting": one.name,
        "First": f"{one.hit_at_1:.0%}",
        "Among five": f"{one.hit_at_5:.0%}",
        "MRR": f"{one.mrr:.2f}",
        "nDCG@10": f"{one.ndcg:.2f}{between}",
    }


def own_questions(room: Workspace, library: LibraryView) -> None:
    """A file of the team's questions: tried with every setting, kept with the library, or both."""
    st.caption(
        "A table or .jsonl file with the columns question and documents: the names of the files that answer "
        "it, several apart by a bar (|)."
    )
    upload = st.file_uploader("Your questions", type=["csv", "tsv", "xlsx", "jsonl"], key="search_lab_file")
    if upload is not None:
        with on_disk([upload]) as paths:
            questions = read_team_questions(paths[0])
        _offer(room, library, questions)
    _trial(room, library)


def _offer(room: Workspace, library: LibraryView, questions: list[TeamQuestion]) -> None:
    """What can be done with the questions of a file."""
    st.markdown(f"The file has **{count(len(questions), 'question')}**.")
    with st.container(horizontal=True):
        if st.button("Try them", key="search_lab_try", type="primary", icon=":material/science:"):
            start_trial(room, library.id, questions)
            st.rerun()
        if st.button("Keep these questions", key="search_lab_questions"):
            kept = save_questions(room, library.id, questions)
            st.toast(f"{count(kept, 'question')} of your team are kept with this library.")
    st.caption(f"From {ENOUGH} kept questions on, they and not made-up ones decide at every measurement.")


def _trial(room: Workspace, library: LibraryView) -> None:
    """The newest trial, in every state it can be in."""
    trial = find_trial(room, library.id)
    if trial is None:
        return
    if trial.going_on:
        _watch_trial(room, library)
        return
    if trial.error:
        st.error(escaped(trial.error))
    else:
        _tried(room, library, trial)
    if st.button("Dismiss", key="search_lab_forget", icon=":material/close:"):
        forget_trial(room, library.id)
        st.rerun()


def _watch_trial(room: Workspace, library: LibraryView) -> None:
    @live(True, seconds=2)
    def watch() -> None:
        now = find_trial(room, library.id)
        if now is None or not now.going_on:
            st.rerun(scope="app")
        else:
            st.progress(
                now.done / now.total if now.total else 0.0,
                text=f"Asking every question with every setting: {now.done:,} of {now.total or now.given:,}. "
                "It goes on when you leave this page.",
            )

    watch()


def _tried(room: Workspace, library: LibraryView, trial: Trial) -> None:
    usual, now = usual_weight(library.embedding_model, library.language), library.dense_weight
    best = best_weight(trial.results, usual)
    differs = not as_good(trial.results, now)
    said = f"The best weight is **{best:.2f}**." if differs else "No clear difference from the weight in use."
    st.markdown(f"{_tried_on(trial.given, trial.results[0].questions)} {said}")
    figures(trial.results, now, "own")
    if differs and st.button(f"Keep the best ({best:.2f})", key="search_lab_best", type="primary"):
        keep_setting(room, library.id, best)
        st.rerun()


def _tried_on(given: int, tried: int) -> str:
    left_out = given - tried
    why = f"; {left_out} left out, since no document they name is in this library" if left_out else ""
    few = " Fewer than 30 are a hint, not a proof." if tried < ENOUGH else ""
    return f"Tried on **{count(tried, 'question')}**{why}.{few}"
