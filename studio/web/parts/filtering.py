"""The choice of documents a search looks into. Used by the search lab and the chat."""

from datetime import date
from pathlib import PurePath

import streamlit as st

from studio.library.finding.filters import EVERYTHING, Filter
from studio.library.listing import DocumentName


def choose_filter(documents: list[DocumentName], key: str, start: Filter = EVERYTHING) -> Filter:
    """Everything unless something is chosen; `key` is the page's."""
    names = {document.id: document.title for document in documents}
    tags = sorted({tag for document in documents for tag in document.tags})
    types = sorted({PurePath(document.name).suffix.lower().lstrip(".") for document in documents} - {""})
    with st.grid(3, min_column_width=220):
        chosen = st.multiselect(
            "Documents",
            list(names),
            default=[one for one in start.documents if one in names],
            format_func=lambda one: names.get(one, "deleted"),
            placeholder="All",
            key=f"{key}_documents",
        )
        some_tags = _some("Tags", tags, f"{key}_tags", start.tags)
        some_types = _some("File types", types, f"{key}_types", start.types)
        since = _day("Dated from", f"{key}_since", start.since)
        until = _day("Dated until", f"{key}_until", start.until)
    return Filter(tuple(chosen), tuple(some_tags), tuple(some_types), since, until)


def _some(label: str, options: list[str], key: str, start: tuple[str, ...]) -> list[str]:
    kept = [one for one in start if one in options]
    return st.multiselect(label, options, kept, placeholder="Any", key=key, disabled=not options)


def _day(label: str, key: str, start: date | None) -> date | None:
    first, last = date(1900, 1, 1), date(2100, 1, 1)
    day = st.date_input(label, start, min_value=first, max_value=last, key=key, format="YYYY-MM-DD")
    return day if isinstance(day, date) else None


def said(within: Filter, documents: list[DocumentName]) -> str:
    """The filter in words; empty where everything is looked into."""
    names = {document.id: document.title for document in documents}
    parts = [", ".join(names.get(one, "a deleted document") for one in within.documents)]
    parts.append("tagged " + " or ".join(within.tags) if within.tags else "")
    parts.append(" or ".join(within.types) + " files" if within.types else "")
    parts.append(f"from {within.since}" if within.since else "")
    parts.append(f"until {within.until}" if within.until else "")
    return "; ".join(part for part in parts if part)
