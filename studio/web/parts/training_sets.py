"""The training sets there are: the newest version of each, what was made from it, and the older versions."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from studio.store.database import Workspace
from studio.training_sets.drafts import list_drafts
from studio.training_sets.versions import VersionView, list_versions
from studio.tuning.runs import list_runs
from studio.web.menu import TRAINING_SET, entry_titled
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count, pill

GOOD_TABLE = (
    "One example in each row: a question as people ask it, and the answer an expert would give. "
    "About 100 good rows are worth a first try; 1,000 are comfortable. A few hundred careful answers do more "
    "than thousands of careless ones."
)


def training_sets(room: Workspace) -> None:
    """One card for each set; drawn below what is being brought in."""
    of_set: dict[int, list[VersionView]] = {}
    for version in list_versions(room):
        of_set.setdefault(version.training_set_id, []).append(version)
    if not of_set:
        nothing_yet()
        return
    runs = Counter(run.version_id for run in list_runs(room))
    changed = {draft.training_set_id for draft in list_drafts(room) if draft.steps}
    for set_id, versions in of_set.items():
        _card(versions, runs, changed=set_id in changed)


def nothing_yet() -> None:
    """What a good table looks like, and the one next step."""
    with st.container(border=True):
        st.markdown("**No training set yet. A good table looks like this:**")
        st.table(
            {
                "question": ["How long is the warranty on a pump?", "Can I return a filter that was opened?"],
                "answer": [
                    "Two years from delivery. Wear parts are covered for six months.",
                    "No. Filters are returned sealed, within 30 days.",
                ],
            },
            hide_index=True,
            alt="Two rows of a good table",
        )
        st.markdown(GOOD_TABLE)
        st.markdown(":material/arrow_upward: Upload yours above. Nothing is trained before you say so.")


def _card(versions: Sequence[VersionView], runs: Counter[int], *, changed: bool) -> None:
    newest, *older = versions
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap="xxsmall", width="stretch"):
                draft = ":orange-badge[:material/edit: unsaved changes]" if changed else ""
                verdict = pill(str(newest.report.get("verdict", "unchecked")))
                st.markdown(f"**{escaped(newest.name)}** · version {newest.version} {verdict} {draft}")
                st.caption(escaped(_facts(newest, runs)))
            with st.container(horizontal=True, width="content", gap="small"):
                if st.button("Open", key=f"training_sets_open_{newest.id}", icon=":material/arrow_forward:"):
                    st.switch_page(TRAINING_SET.file, query_params={"version": str(newest.id)})
                if st.button(
                    "Train on it", key=f"training_sets_train_{newest.id}", icon=":material/play_arrow:"
                ):
                    st.switch_page(entry_titled("Runs").file, query_params={"version": str(newest.id)})
        if older:
            with st.expander(count(len(older), "older version"), key=f"training_sets_older_{newest.id}"):
                for version in older:
                    _older(version, runs)


def _older(version: VersionView, runs: Counter[int]) -> None:
    st.page_link(
        TRAINING_SET.file,
        label=escaped(f"Version {version.version} · {_facts(version, runs)}"),
        query_params={"version": str(version.id)},
    )


def _facts(version: VersionView, runs: Counter[int]) -> str:
    facts = [
        count(version.examples - version.held_out, "example") + " to train on",
        f"{version.held_out:,} held out",
    ]
    if runs[version.id]:
        facts.append(count(runs[version.id], "run"))
    if version.source_name:
        facts.append(f"from {version.source_name}")
    return " · ".join([*facts, ago(version.created_at)])
