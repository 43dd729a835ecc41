"""Cuts a conversation into one example for each answer in it. Called by cutting."""

from collections.abc import Iterator
from hashlib import blake2b

from studio.training_sets.examples import Candidate, Turn
from studio.training_sets.shapes.rows.cells import Cells, Row
from studio.training_sets.shapes.rows.turns import NotAChat, checked, read_turns


def cut_chat(cells: Cells, number: int, row: Row) -> Iterator[Candidate]:
    """The examples of a row; what came before an answer is its history, and all are of one group.

    A row whose form is broken gives one example without texts that says what is wrong.
    """
    kept, cell = cells.kept(row, number), cells.cell(row, cells.mapping.completion)
    if not cell:
        yield Candidate(number, "", "", fault="The conversation is empty.", **kept)
        return
    try:
        turns = checked([*cells.history(row), *read_turns(cell)])
    except NotAChat as error:
        yield Candidate(number, "", "", fault=f"The conversation cannot be used: {error}.", **kept)
        return
    kept["group"] = kept["group"] or _group(turns)
    for place, (role, text) in enumerate(turns):
        if role == "assistant":
            before = tuple(turns[: place - 1])
            source = {**kept["source"], "turn": place + 1}
            yield Candidate(number, turns[place - 1][1], text, history=before, **{**kept, "source": source})


def _group(turns: list[Turn]) -> str:
    """A conversation of several answers is a group of its own, named by what is said in it."""
    if sum(role == "assistant" for role, _ in turns) < 2:
        return ""
    said = "\0".join(text for _, text in turns)
    return f"c{blake2b(said.encode(errors='surrogatepass'), digest_size=8).hexdigest()}"
