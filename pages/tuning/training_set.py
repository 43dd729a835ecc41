"""One version of a training set: its quality, its examples as a grid to edit, what differs from others."""

import streamlit as st

from studio.training_sets.versions import get_version
from studio.web.parts.choices import asked_id
from studio.web.parts.draft_bar import draft_bar, draft_elsewhere, draft_of
from studio.web.parts.empty import nothing_yet
from studio.web.parts.example_grid import add_one, chosen_examples
from studio.web.parts.live import live
from studio.web.parts.probes import probes, under_way
from studio.web.parts.version_diff import differences
from studio.web.parts.version_head import version_head
from studio.web.parts.version_quality import version_quality
from studio.web.services import room

wanted = asked_id("version")
if wanted is None:
    nothing_yet(
        "No version is named in the address.",
        "Open one from the list of training sets.",
        page="Training sets",
        label="All training sets",
    )
    st.stop()

here = room()
version = get_version(here, wanted)
version_head(here, version)
draft = draft_of(here, version)
mine = draft is not None and draft.version_id == version.id
if draft and mine:
    draft_bar(here, draft)
elif draft:
    draft_elsewhere(draft)

quality, grid, changes, measured = st.tabs(
    ["Quality", "Examples", "Versions", "Probes and passages"], key="training_set_tab", on_change="rerun"
)
if quality.open:
    with quality:
        version_quality(here, version)
if grid.open:
    with grid:
        chosen_examples(here, version, draft if mine else None)
        add_one(here, version)
if changes.open:
    with changes:
        differences(here, version)
if measured.open:
    moving = under_way(here, version)

    @live(moving)
    def watch() -> None:
        probes(here, version)
        if moving and not under_way(here, version):
            st.rerun(scope="app")

    with measured:
        watch()
