"""What the model will see of an example: its rendered template, coloured by what is learned and cut."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from studio.engine.folder_tokenizer import folder_tokenizer
from studio.models.checking import TOKENIZER
from studio.settings import Settings
from studio.store.database import Workspace
from studio.training_sets.quality.labels import LENGTH_STEP as STEP
from studio.training_sets.quality.labels import LONGEST_STEPPED
from studio.training_sets.shapes.seen import Seen, seen, tokenizers_here
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

MOST_CHARACTERS = 6_000
USUAL = 1024  # tokens
LEGEND = (
    ":gray[grey: read only] · :green-background[**green: learned**] · "
    ":orange-background[~~struck out: cut, never seen~~]"
)
Row = tuple[str, Mapping[str, Any]]  # what people call it, and the content of the example


def choose_limit(key: str, longest: int | None) -> int:
    """Where training cuts. Starts where nothing is cut, as a run does; `longest` in tokens if known."""
    start = -(-min(LONGEST_STEPPED, longest or USUAL) // STEP) * STEP
    limit: int = st.slider(
        "Cut examples after so many tokens",
        STEP,
        max(8 * STEP, start),
        start,
        STEP,
        key=key,
        help="A run has the same setting under Advanced, “Longest example”. More take memory and time.",
    )
    return limit


def model_view(room: Workspace, rows: Sequence[Row], limit: int, key: str) -> None:
    """A choice among the rows, and the chosen one as training will see it."""
    if not rows:
        st.caption("No example can be shown.")
        return
    at = st.selectbox(
        "Example", range(len(rows)), format_func=lambda at: rows[at][0], key=key, disabled=len(rows) < 2
    )
    folder = _read_by(room, key)
    if not (folder / TOKENIZER).is_file():
        st.caption("The model is still being prepared; come back in a minute.")
        return
    show_seen(seen(folder_tokenizer(folder), rows[at or 0][1], limit), limit)


def _read_by(room: Workspace, key: str) -> Path:
    """The folder of the base model whose eyes are looked through, where there is more than one."""
    here = _tokenizers(room.settings)
    if len(here) == 1:
        return next(iter(here.values()))
    return here[st.selectbox("As this base model reads it", list(here), key=f"{key}_model")]


@st.cache_data(ttl=60, max_entries=4, show_spinner=False)
def _tokenizers(settings: Settings) -> dict[str, Path]:
    return tokenizers_here(settings)


def show_seen(found: Seen, limit: int) -> None:
    """The example as the model gets it, its counts in tokens, and a sentence where something is cut."""
    if found.cut_tokens:
        st.warning(_cut(found, limit), icon=":material/content_cut:")
    with st.container(border=True, gap="xsmall"):
        st.markdown(rendered(found.pieces))
    st.markdown(f":small[{LEGEND}]")
    read = found.tokens - found.trained_tokens - found.cut_tokens
    st.caption(
        f"{count(found.tokens, 'token')} in all: {read:,} read, {found.trained_tokens:,} learned, "
        f"{found.cut_tokens:,} cut at {limit:,}."
    )


def _cut(found: Seen, limit: int) -> str:
    if not found.trained_tokens:
        return (
            f"Nothing of the answer is within {limit:,} tokens: training passes over this example. "
            "Raise the limit, or shorten the question."
        )
    return (
        f"{count(found.cut_tokens, 'token')} would be cut: the model learns an answer that breaks off. "
        "Raise the limit, or shorten the example."
    )


def rendered(pieces: Iterable[tuple[str, bool, bool]]) -> str:
    """Pieces (text, learned, cut) as Markdown; the text is shown literally, line by line."""
    shown, left = [], MOST_CHARACTERS
    for text, learned, cut in pieces:
        if left > 0:
            shown.append("\n".join(_line(line, learned, cut) for line in text[:left].split("\n")))
        left -= len(text)
    more = f"  \n:gray[… and {-left:,} more characters]" if left < 0 else ""
    return "".join(shown).replace("\n", " :gray[↵]  \n") + more


def _line(line: str, learned: bool, cut: bool) -> str:
    text = escaped(line)
    if not text:
        return " " * bool(line)
    before, after = " " * line[:1].isspace(), " " * line[-1:].isspace()
    if cut:
        return f"{before}:orange-background[~~{text}~~]{after}"
    return f"{before}:green-background[**{text}**]{after}" if learned else f"{before}:gray[{text}]{after}"
