"""Every page once, in the order of the menu: its file, its name and the sentence under its title."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

MARK = str(Path(__file__).with_name("mark.svg"))


@dataclass(frozen=True)
class Entry:
    """One page. `lead` answers: what is this, what do I do, what happens then."""

    file: str
    title: str
    icon: str
    lead: str
    hidden: bool = False


START = Entry(
    "pages/start/start.py",
    "Start",
    "home",
    "Make a small model an expert in your trade, and prove on your own questions which way works best.",
)
PASSAGE = Entry(
    "pages/library/passage.py",
    "Source",
    "plagiarism",
    "The place in your documents that an answer relies on.",
    hidden=True,
)
TRAINING_SET = Entry(
    "pages/tuning/training_set.py",
    "Training set",
    "dataset",
    "One version of your examples: see its quality, edit it, compare it with others, train on it.",
    hidden=True,
)
ENTRIES = (
    START,
    Entry(
        "pages/decide/advice.py",
        "Advice",
        "alt_route",
        "Answer what you know, choose what you have; you get a recommendation and every reason behind it.",
    ),
    Entry(
        "pages/library/library.py",
        "Documents",
        "library_books",
        "Upload your trade's documents; they are split into passages that answers can look up and cite.",
    ),
    Entry(
        "pages/library/search_lab.py",
        "Search lab",
        "manage_search",
        "Ask as your users would; see what words and what meaning find, and measure which mix finds most.",
    ),
    PASSAGE,
    Entry(
        "pages/tuning/training_sets.py",
        "Training sets",
        "dataset",
        "Upload a table of questions and good answers; it is checked row by row and kept as a version.",
    ),
    TRAINING_SET,
    Entry(
        "pages/tuning/review.py",
        "Review examples",
        "rate_review",
        "Have examples drafted from your documents and rated answers; you accept, edit or reject each.",
    ),
    Entry(
        "pages/tuning/runs.py",
        "Runs",
        "model_training",
        "Train an adapter on a training set and watch it learn; it goes on when you close this page.",
    ),
    Entry(
        "pages/compare/comparisons.py",
        "Comparisons",
        "balance",
        "Ask all approaches the same held-out questions and see which answers best, and how sure that is.",
    ),
    Entry(
        "pages/ask/chat.py",
        "Chat",
        "forum",
        "Ask your expert; what the documents support is numbered and leads to its place. Rate the answers.",
    ),
    Entry(
        "pages/system/system.py",
        "System",
        "monitor_heart",
        "What this studio runs on, what works, and what to do where something is missing.",
    ),
)


def page_of(entry: Entry) -> StreamlitPage:
    """The file name is the address; Start is also the root."""
    return st.Page(
        entry.file,
        title=entry.title,
        icon=f":material/{entry.icon}:",
        default=entry is START,
        visibility="hidden" if entry.hidden else "visible",
    )


def entry_titled(title: str) -> Entry:
    return next(entry for entry in ENTRIES if entry.title == title)
