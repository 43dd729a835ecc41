"""What the search lab shows of one question: what words found, what meaning found, and how both are fused."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from studio.library.embedding.embedder import embedder_for
from studio.library.finding.filters import Filter
from studio.library.finding.search import Hit, SearchOptions, find_passages
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from studio.web.menu import PASSAGE
from studio.web.parts.safe_text import escaped

SHOWN = 8  # of each side
CANDIDATES = 200  # all that the two sides can bring in
SNIPPET, TITLE = 140, 38
MOVES = {True: ":green[:material/arrow_upward: {}]", False: ":orange[:material/arrow_downward: {}]"}


def find_both(
    room: Workspace, library: LibraryView, question: str, weight: float, within: Filter
) -> list[Hit]:
    """Every candidate of both sides in fused order."""
    vector = _vector(room, library, question)
    options = SearchOptions(within, weight, both_sides=True)
    return find_passages(room, library.id, question, CANDIDATES, vector, options)


def _vector(room: Workspace, library: LibraryView, question: str) -> NDArray[np.float32]:
    """Kept, so that only the first look at a question waits for the model."""
    return _embedded(
        room, (library.id, library.embedding_model, library.embedding_revision), library, question
    )


@st.cache_data(max_entries=200, ttl=3600, show_spinner="Asking the embedding model…")
def _embedded(
    _room: Workspace, pinned: tuple[int, str, str], _library: LibraryView, question: str
) -> NDArray[np.float32]:
    vector: NDArray[np.float32] = embedder_for(_room, _library).embed_questions([question])[0]
    return vector


def three_columns(fused: Sequence[Hit], usual: Sequence[Hit], own_weight: float) -> None:
    """Both, words and meaning; `usual` is the order with the weight the library has now, `own_weight`."""
    by_words = sorted((hit for hit in fused if hit.lexical_rank), key=lambda hit: hit.lexical_rank or 0)
    by_meaning = sorted((hit for hit in fused if hit.dense_rank), key=lambda hit: hit.dense_rank or 0)
    before = {hit.passage_id: rank for rank, hit in enumerate(usual, 1)}
    both, words, meaning = st.columns(3, gap="medium")  # below each other on a phone
    with both:
        _head(
            "Both, as answers get it",
            f"Fused with the weight above. Arrows: places moved against the library's own {own_weight:.2f}.",
        )
        for rank, hit in enumerate(fused[:SHOWN], 1):
            _card(rank, hit, _from(hit), _moved(rank, before.get(hit.passage_id)))
    with words:
        _head("Words", "The passage uses the words of the question; rare words count more (BM25).")
        for rank, hit in enumerate(by_words[:SHOWN], 1):
            _card(rank, hit, f"score {hit.lexical:.1f}")
        if not by_words:
            st.caption("No passage shares a word with this question.")
    with meaning:
        _head("Meaning", "The passage is near in meaning, whatever its words (cosine).")
        for rank, hit in enumerate(by_meaning[:SHOWN], 1):
            _card(rank, hit, f"similarity {hit.cosine:.2f}")


def _head(title: str, meaning: str) -> None:
    st.markdown(f"**{title}**")
    st.caption(meaning)


def _card(rank: int, hit: Hit, score: str, moved: str = "") -> None:
    with st.container(border=True, gap="xxsmall"):
        st.page_link(
            PASSAGE.file,
            label=f"{rank}. {escaped(shortened(hit.title or hit.document, TITLE))}",
            query_params={"id": str(hit.passage_id)},
        )
        st.caption(f"{escaped(hit.where)} · {escaped(score)} {moved}")
        st.markdown(escaped(shortened(hit.text, SNIPPET)))


def shortened(text: str, characters: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= characters else text[:characters].rsplit(" ", 1)[0] + " …"


def _from(hit: Hit) -> str:
    """Where the two sides had it."""
    words = f"words {hit.lexical_rank}" if hit.lexical_rank else "words –"
    meaning = f"meaning {hit.dense_rank}" if hit.dense_rank else "meaning –"
    return f"{words}, {meaning}"


def _moved(rank: int, before: int | None) -> str:
    """How far it stands from where the library's own weight puts it."""
    if before is None or before == rank:
        return ""
    return MOVES[before > rank].format(abs(before - rank))
