"""A CSV becomes a version of a training set: preview, columns, report, save."""

from pathlib import Path

import streamlit as st

from studio.training_sets.quality import check
from studio.training_sets.versions import Saving, list_versions, save_training_set
from studio.web.parts import training_sets as parts
from studio.web.services import room
from studio.web.uploads import read_upload

here = room()
upload = st.file_uploader(
    "A table of questions and answers", type=["csv", "tsv", "txt", "xlsx"], key="training_sets_file"
)
if upload is None:
    st.caption(
        "One example per row, a header on top. Every cell stays the text it is; nothing is stored yet."
    )
else:
    table = read_upload(upload)
    parts.preview(table)
    mapping = parts.choose_columns(table, upload.file_id)
    report = check(table, mapping)
    parts.report(report)
    with st.form("training_sets_save", border=False):
        name = st.text_input(
            "Name of the training set", value=Path(upload.name).stem, key="training_sets_name"
        )
        share = st.slider(
            "Held out for measuring (%)",
            0,
            30,
            10,
            key="training_sets_share",
            help="Never trained on, so that a run can be measured on what it has not seen.",
        )
        saved = st.form_submit_button(
            "Save as a version",
            key="training_sets_store",
            type="primary",
            disabled=report.verdict == "unusable",
        )
    if saved:
        originals = here.blobs.put(upload.getvalue())
        save_training_set(here, name, table, mapping, Saving(upload.name, originals, share / 100))
        st.toast(f"Saved {report.kept:,} examples as a version of {name}.", icon=":material/check_circle:")

st.subheader("Training sets", anchor=False)
found = list_versions(here)
if found:
    parts.versions(found)
else:
    st.caption("No training set yet. About 100 good examples are worth a first try; 1,000 are comfortable.")
