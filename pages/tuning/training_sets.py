"""Tables become training sets: bring one in, prepare it (`?import=` opens one), see the sets there are."""

import streamlit as st

from studio.training_sets import imports
from studio.web.menu import TRAINING_SET
from studio.web.parts import preparing
from studio.web.parts.choices import asked_id
from studio.web.parts.imports import bring_in, open_imports
from studio.web.parts.live import live
from studio.web.parts.training_sets import training_sets
from studio.web.services import room

here = room()
opened = asked_id("import")
if opened:
    view = imports.get(here, opened)
    if view.version_id:
        st.switch_page(TRAINING_SET.file, query_params={"version": str(view.version_id)})

    @live(view.busy)
    def watch() -> None:
        now = imports.get(here, view.id)
        preparing.head(here, now)
        if view.busy and not now.busy:
            st.rerun(scope="app")

    watch()
    if not view.busy:
        preparing.understood_as(here, view)
    if view.state == "ready":
        st.subheader("Is it good enough?", anchor=False)
        preparing.found(here, view)
        st.subheader("What the model will see", anchor=False)
        preparing.looked_into(here, view)
        st.subheader("Save it", anchor=False)
        preparing.save(here, view)
    st.stop()

bring_in(here)
waiting = imports.list_open(here)


@live(any(one.busy for one in waiting))
def being_brought_in() -> None:
    now = imports.list_open(here)
    open_imports(here, now)
    if len(now) < len(waiting):
        st.rerun(scope="app")


if waiting:
    st.subheader("Being brought in", anchor=False)
    being_brought_in()
st.subheader("Training sets", anchor=False)
training_sets(here)
