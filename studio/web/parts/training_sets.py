"""What the training sets page shows: the preview of a table, its quality report, the versions there are."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from studio.training_sets.quality import Finding, QualityReport
from studio.training_sets.reading import Table
from studio.training_sets.shapes.mapping import Mapping, choose, guess_mapping
from studio.training_sets.versions import VersionView
from studio.web.menu import entry_titled
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import ago, count, pill

PREVIEW_ROWS = 8
NO_GROUP = "– none –"
NAMES = {
    "empty_question": "Empty questions",
    "empty_answer": "Empty answers",
    "duplicate": "Duplicates",
    "contradiction": "Contradictions",
    "one_word_answer": "One-word answers",
    "too_long": "Very long",
    "broken_text": "Damaged text",
    "few_rows": "Few examples",
}


def preview(table: Table) -> None:
    shown = [dict(zip(table.columns, row, strict=True)) for row in table.rows[:PREVIEW_ROWS]]
    st.dataframe(shown, hide_index=True, alt="The first rows of the uploaded table")
    st.caption(f"The first {len(shown)} of {count(len(table.rows), 'row')}.")
    for note in table.notes:
        st.info(escaped(note), icon=":material/info:")


def choose_columns(table: Table, upload: str) -> Mapping:
    """Three selectboxes that start at the guess; another file starts afresh."""
    guess = guess_mapping(table)
    question, answer, group = st.columns(3)
    prompt = question.selectbox(
        "Question column",
        table.columns,
        index=table.columns.index(guess.prompt or table.columns[0]),
        key=f"training_sets_prompt_{upload}",
        help="What a person would ask or write.",
    )
    completion = answer.selectbox(
        "Answer column",
        table.columns,
        index=table.columns.index(guess.completion or table.columns[-1]),
        key=f"training_sets_completion_{upload}",
        help="What the expert should answer.",
    )
    groups = [NO_GROUP, *table.columns]
    chosen = group.selectbox(
        "Group column (optional)",
        groups,
        index=groups.index(guess.group) if guess.group else 0,
        key=f"training_sets_group_{upload}",
        help="Rows of one group stay together when examples are held out for testing.",
    )
    if (prompt, completion) == (guess.prompt, guess.completion) and chosen == (guess.group or NO_GROUP):
        return guess
    wanted = Mapping(prompt=prompt, completion=completion, group=None if chosen == NO_GROUP else chosen)
    return choose(table, wanted)


def report(quality: QualityReport) -> None:
    """Verdict first, then the numbers, then what was found row by row."""
    st.markdown(f"{pill(quality.verdict)} {escaped(quality.why)}")
    with st.grid(4, min_column_width=130):
        st.metric("Rows", f"{quality.rows:,}", border=True)
        st.metric("Kept", f"{quality.kept:,}", border=True)
        st.metric("Left out", f"{quality.rows - quality.kept:,}", border=True)
        st.metric("Different answers", f"{quality.distinct_answers:,}", border=True)
    findings = [finding for finding in quality.findings if finding.kind != "few_rows"]
    if findings:
        st.dataframe(
            [_finding_row(finding) for finding in findings],
            hide_index=True,
            alt="What was found in the rows",
        )
    else:
        st.markdown(":green-badge[:material/check: no empty, repeated or contradicting rows]")


def _finding_row(finding: Finding) -> dict[str, Any]:
    rows = ", ".join(str(row) for row in finding.rows)
    more = " …" if finding.count > len(finding.rows) else ""
    return {
        "Found": NAMES.get(finding.kind, finding.kind),
        "Rows": finding.count,
        "Share": f"{finding.share:.1%}",
        "Meaning": finding.text,
        "For example row": rows + more,
    }


def versions(found: Sequence[VersionView]) -> None:
    """All versions, newest first, each with what can be done with it."""
    for version in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap="xxsmall", width="stretch"):
                verdict = pill(str(version.report.get("verdict", "")))
                st.markdown(f"**{escaped(version.name)}** · version {version.version} {verdict}")
                st.caption(escaped(_facts(version)))
            with st.popover("Look inside", key=f"training_sets_look_{version.id}"):
                st.markdown(escaped(str(version.report.get("why", ""))))
                st.caption(f"Content {version.sha256[:12]}: the same rows always give the same version.")
            if st.button(
                "Train on it", key=f"training_sets_train_{version.id}", icon=":material/play_arrow:"
            ):
                st.switch_page(entry_titled("Runs").file, query_params={"version": str(version.id)})


def _facts(version: VersionView) -> str:
    facts = [
        count(version.examples - version.held_out, "example") + " to train on",
        f"{version.held_out} held out",
    ]
    if version.source_name:
        facts.append(f"from {version.source_name}")
    return " · ".join([*facts, ago(version.created_at)])
