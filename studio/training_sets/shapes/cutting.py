"""Cuts the rows of a table into examples as a mapping says. Used by quality, imports and commands."""

from collections.abc import Callable, Iterator
from hashlib import blake2b

from studio.training_sets.examples import Candidate, Turn
from studio.training_sets.shapes.contents import Rows, instances
from studio.training_sets.shapes.mapping import Mapping
from studio.training_sets.shapes.rows.cells import Cells, Row, cells_of
from studio.training_sets.shapes.rows.exported import cut_exported
from studio.training_sets.shapes.rows.template import filling
from studio.training_sets.shapes.rows.turns import (
    TOOL,
    NotAChat,
    all_turns,
    checked,
    nested,
    without_greeting,
)

# what a row may have besides what becomes of it, as notes say it
TOOL_TURNS = "what tools were asked and what they returned is left out"
GREETING = "what the assistant says before the first question is left out"
OTHER_ANSWERS = "the first of several answers is taken"
Cut = Callable[[int, Row], Iterator[Candidate]]


def candidates(table: Rows, mapping: Mapping) -> Iterator[Candidate]:
    """Every row of the table as examples, good or bad; streams.

    A row whose form is broken becomes one example without texts, with its fault.
    """
    cut = _cutter(table, mapping)
    for number, row in table.numbered():
        yield from cut(number, row)


def _cutter(table: Rows, mapping: Mapping) -> Cut:
    cells = cells_of(table, mapping)
    if mapping.shape == "version":
        return lambda number, row: cut_exported(cells, number, row)
    if mapping.is_chat:
        return lambda number, row: _cut_chat(cells, number, row)
    if mapping.shape == "instruction" and mapping.input == mapping.completion:
        return lambda number, row: _cut_instances(cells, number, row)
    asked = filling(mapping.template, table.columns) if mapping.template else None

    def cut(number: int, row: Row) -> Iterator[Candidate]:
        prompt = asked(row) if asked else cells.cell(row, mapping.prompt)
        yield _example(cells, number, row, _joined(prompt, cells.cell(row, mapping.input)))

    return cut


def _example(cells: Cells, number: int, row: Row, prompt: str) -> Candidate:
    kept = cells.kept(row, number)
    try:
        history = cells.history(row)
    except NotAChat as error:
        return Candidate(
            number, "", "", fault=f"The turns before the question cannot be used: {error}.", **kept
        )
    answers = _answers(cells.cell(row, cells.mapping.completion))
    kept["omitted"] = (OTHER_ANSWERS,) if len(set(answers)) > 1 else ()
    return Candidate(number, prompt, answers[0], history=history, context=cells.context(row), **kept)


def _answers(cell: str) -> list[str]:
    """SQuAD keeps its answers as {"text": […], "answer_start": […]}: the first is taken."""
    if not (cell.startswith("{") and "answer_start" in cell):
        return [cell]
    try:
        found = nested(cell)["text"]
    except (NotAChat, KeyError, TypeError):
        return [cell]
    return [str(one).strip() for one in found] if isinstance(found, list) and found else [""]


def _cut_chat(cells: Cells, number: int, row: Row) -> Iterator[Candidate]:
    """The examples of a row; what came before an answer is its history, and all are of one group.

    A row whose form is broken gives one example without texts that says what is wrong.
    """
    kept, cell = cells.kept(row, number), cells.cell(row, cells.mapping.completion)
    if not cell:
        yield Candidate(number, "", "", fault="The conversation is empty.", **kept)
        return
    try:
        said = all_turns(cell)
        talk = [*cells.history(row), *(turn for turn in said if turn[0] != TOOL)]
        asked = without_greeting(talk)
        turns = checked(asked)
    except NotAChat as error:
        yield Candidate(number, "", "", fault=f"The conversation cannot be used: {error}.", **kept)
        return
    kept["group"] = kept["group"] or _group(turns)
    kept["omitted"] = (TOOL_TURNS,) * (TOOL in dict(said)) + (GREETING,) * (len(asked) < len(talk))
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


def _cut_instances(cells: Cells, number: int, row: Row) -> Iterator[Candidate]:
    """One example for each input and output in the cell; those of one instruction stay together."""
    instruction, kept = cells.cell(row, cells.mapping.prompt), cells.kept(row, number)
    found = instances(cells.cell(row, cells.mapping.completion))
    if not found:
        yield Candidate(number, "", "", fault="It has no list of inputs and outputs.", **kept)
    if len(found) > 1:
        kept["group"] = kept["group"] or instruction
    for given, wanted in found:
        yield Candidate(number, _joined(instruction, given.strip()), wanted.strip(), **kept)


def _joined(instruction: str, given: str) -> str:
    return f"{instruction}\n\n{given}" if given and instruction else instruction or given
