"""What this studio runs on, and what to do where something is missing."""

import streamlit as st

from studio.web.parts.findings import look, show_findings
from studio.web.services import settings

show_findings(look(settings()))
if st.button("Look again", key="system_again", icon=":material/refresh:"):
    look.clear()
    st.rerun()
