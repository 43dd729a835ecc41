"""What an adapter has unlearned, beside what it gained. Drawn on the page of a run and below a comparison."""

import streamlit as st

from studio.comparison.results import ComparisonView
from studio.errors import BadInput
from studio.store.database import Workspace
from studio.tuning.forgetting.drop import Drop
from studio.tuning.forgetting.job import ask_general, stop_general
from studio.tuning.forgetting.questions import general_questions
from studio.tuning.forgetting.results import Forgetting, forgetting_of
from studio.tuning.runs import get_run
from studio.web.parts.live import live
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import duration

HELP = (
    f"{len(general_questions())} short questions about numbers, common knowledge and simple orders are put "
    "to the base model and to its adapter."
)


def forgetting(room: Workspace, adapter_id: int) -> None:
    """In every state the questions can be in."""
    found = forgetting_of(room, adapter_id)
    with st.container(border=True, key="runs_forgetting"):
        st.markdown("**What it may have unlearned**")
        if found is not None and found.active:
            _wait(room, adapter_id)
        elif found is None or found.found is None:
            _ask(room, adapter_id, found)
        else:
            _say(found.found)
            _table(found)


def unlearned(room: Workspace, comparison: ComparisonView) -> None:
    """A sentence for each adapter that answered; nothing of one that was never asked."""
    runs = dict.fromkeys(run for run in (comparison.run_id, comparison.passages_run_id) if run)
    made = {run: get_run(room, run) for run in runs}
    for run in made.values():
        found = forgetting_of(room, run.adapter_id) if run.adapter_id else None
        if found is not None and found.found is not None:
            st.caption(f":material/psychology: {escaped(run.name)}: {escaped(found.found.sentence)}")


def _ask(room: Workspace, adapter_id: int, found: Forgetting | None) -> None:
    st.caption(HELP)
    if found is not None and found.state == "stopped":
        st.caption("They were not asked to the end.")
    if found is not None and found.error:
        st.warning(escaped(found.error), icon=":material/info:")
    if st.button("Ask the general questions", key="runs_general", icon=":material/psychology:"):
        try:
            ask_general(room, adapter_id)
        except BadInput as error:
            st.warning(escaped(str(error)), icon=":material/info:")
        else:
            st.rerun()


def _wait(room: Workspace, adapter_id: int) -> None:
    @live(True, seconds=3.0)
    def waiting() -> None:
        now = forgetting_of(room, adapter_id)
        if now is None or not now.active:
            st.rerun(scope="app")
        elif now.state == "queued":
            st.markdown(":shimmer[The general questions are asked as soon as nothing else is to be done…]")
        else:
            left = f", about {duration(now.seconds_left)} left" if now.seconds_left else ""
            st.progress(min(1.0, now.share), text=f"Asking the general questions{left}")
        if now and st.button("Do not ask", key="runs_general_stop", icon=":material/stop_circle:"):
            stop_general(room, now.id)
            st.rerun(scope="app")

    waiting()


def _say(found: Drop) -> None:
    show = st.warning if found.shown else st.info
    show(escaped(found.sentence), icon=":material/trending_down:" if found.shown else ":material/psychology:")


def _table(found: Forgetting) -> None:
    """Question by question, those that changed first."""
    texts = {one.key: one for one in general_questions()}
    before = {one.key: one for one in found.before}
    rows = [
        (texts[one.key].kind, texts[one.key].prompt, before[one.key], one)
        for one in found.after
        if one.key in texts and one.key in before
    ]
    rows.sort(key=lambda row: row[2].right == row[3].right)
    with st.expander("All questions with both answers", key="runs_general_all"):
        st.dataframe(
            {
                "Kind": [kind for kind, *_ in rows],
                "Question": [prompt for _, prompt, *_ in rows],
                "Before": [f"{_mark(was.right)} {was.answer}" for *_, was, _ in rows],
                "After": [f"{_mark(now.right)} {now.answer}" for *_, now in rows],
            },
            hide_index=True,
        )


def _mark(right: bool) -> str:
    return "✓" if right else "✗"
