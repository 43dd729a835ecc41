"""What the doctor found, as the system page shows it."""

from collections.abc import Sequence

import streamlit as st

from studio.doctor import Finding, findings
from studio.settings import Settings
from studio.web.parts.safe_text import escaped, with_code
from studio.web.parts.states import count, pill


@st.cache_data(ttl=20, show_spinner="Looking at everything…")
def look(settings: Settings) -> list[Finding]:
    """What the doctor found, at most 20 seconds ago: some checks wait for the network."""
    return findings(settings)


def show_findings(found: Sequence[Finding]) -> None:
    """One sentence on the whole, then a row for each thing looked at."""
    wanting = [finding for finding in found if finding.state == "warn"]
    if wanting:
        need = "needs" if len(wanting) == 1 else "need"
        st.warning(f"{count(len(wanting), 'thing')} {need} a look.", icon=":material/warning:")
    else:
        st.success("Everything this studio needs works.", icon=":material/check_circle:")
    with st.grid(3, min_column_width=280):
        for finding in found:
            with st.container(border=True, height="stretch"):
                _finding(finding)


def _finding(finding: Finding) -> None:
    said = [f"**{escaped(finding.name)}** {pill(finding.state)}", with_code(finding.sentence)]
    if finding.remedy and finding.state != "ok":
        said.append(f":small[:material/arrow_forward: {with_code(finding.remedy)}]")
    st.markdown("  \n".join(said))
