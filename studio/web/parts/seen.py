"""What the model will see of an example: its rendered template, coloured by what is learned and cut."""

from collections.abc import Iterable

import streamlit as st

from studio.training_sets.shapes.seen import Seen
from studio.web.parts.safe_text import escaped
from studio.web.parts.states import count

MOST_CHARACTERS = 6_000
LEGEND = (
    ":gray[grey: read only] · :green-background[**green: learned**] · "
    ":orange-background[~~struck out: cut, never seen~~]"
)


def show_seen(seen: Seen, limit: int) -> None:
    """The example as the model gets it, its counts in tokens, and a sentence where something is cut."""
    if seen.cut_tokens:
        st.warning(_cut(seen, limit), icon=":material/content_cut:")
    with st.container(border=True, gap="xsmall"):
        st.markdown(rendered(seen.pieces))
    st.caption(LEGEND)
    read = seen.tokens - seen.trained_tokens - seen.cut_tokens
    st.caption(
        f"{count(seen.tokens, 'token')} in all: {read:,} read, {seen.trained_tokens:,} learned, "
        f"{seen.cut_tokens:,} cut at {limit:,}."
    )


def _cut(seen: Seen, limit: int) -> str:
    if not seen.trained_tokens:
        return (
            f"Nothing of the answer is within {limit:,} tokens: training passes over this example. "
            "Raise the limit, or shorten the question."
        )
    return (
        f"{count(seen.cut_tokens, 'token')} are cut: the model learns an answer that breaks off. "
        "Raise the limit, or shorten the example."
    )


def rendered(pieces: Iterable[tuple[str, bool, bool]]) -> str:
    """Pieces (text, learned, cut) as Markdown; the text is shown literally, line by line."""
    shown, left = [], MOST_CHARACTERS
    for text, learned, cut in pieces:
        shown.append("\n".join(_line(line, learned, cut) for line in text[:left].split("\n")))
        left -= len(text)
        if left <= 0:
            break
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
