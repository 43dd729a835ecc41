"""Guesses the shape of a table and what its columns hold. Used by pages and commands; people correct it.

Names decide first, as far as the cells fit them; where names say nothing, the cells decide.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from studio.training_sets.shapes import names
from studio.training_sets.shapes.contents import Contents, Rows, look
from studio.training_sets.shapes.mapping import Mapping, choose, names_itself
from studio.training_sets.shapes.names import named_column, simple, stemmed_column
from studio.training_sets.shapes.refusals import (
    FEW_WORDS,
    LONG_WORDS,
    MOSTLY,
    NothingToLearn,
    no_words,
    not_understood,
    refuse_other_than_prose,
    whole_talks,
)

_NUMBERED = re.compile(r"(.+?) ?(?:[12]|a|b)$")

All = dict[str, Contents]


def guess_mapping(table: Rows) -> Mapping:
    """The likeliest mapping, however unlikely. Raises NothingToLearn when no column can be learned from."""
    if names_itself(table.columns):
        return Mapping(shape="version", guessed_by="names")
    contents = {column: cells for column, cells in look(table).items() if cells.cells}
    if not contents:
        raise NothingToLearn("All cells are empty: there is nothing to learn from.")
    guess = (
        _chat(contents, nested=True)
        or _instruction(contents)
        or _pairs(contents)
        or _chat(contents, nested=False)
        or _labels(whole_talks(contents))
        or _unanswered(table.columns, contents)
        or _by_content(contents)
    )
    return choose(table, guess)


def _chat(contents: All, *, nested: bool) -> Mapping | None:
    """Conversations as lists of messages, or as text that was rendered for a model already."""
    other = [column for column in contents if simple(column) in names.NOT_CHAT_NAMES]
    if _worded(contents, names.INSTRUCTION_NAMES):
        # inputs and outputs of an instruction look like questions and answers of a talk
        other += [column for column in contents if contents[column].instances >= MOSTLY]
    chats = [c for c in contents if c not in other and contents[c].chats >= MOSTLY]
    chats = [column for column in chats if contents[column].nested >= MOSTLY or not nested]
    if not chats:
        return None
    asked, answered = (named_column(chats, some) for some in (names.PROMPT_NAMES, names.COMPLETION_NAMES))
    if asked and answered:
        return Mapping("messages", completion=answered, history=asked, guessed_by="names")
    named = named_column(chats, names.CHAT_NAMES)
    column = named or max(chats, key=lambda column: contents[column].words)
    shape = "conversations" if '"from"' in contents[column].cells[0][:200] else "messages"
    rest = _without(contents, column)
    return Mapping(
        shape=shape,  # type: ignore[arg-type]
        completion=column,
        system=_worded(rest, names.SYSTEM_NAMES),
        guessed_by="names" if named else "content",
        **_around(rest),
    )


def _instruction(contents: All) -> Mapping | None:
    asked = _worded(contents, names.INSTRUCTION_NAMES)
    if asked is None:
        return None
    rest = _without(contents, asked)
    together = next((column for column in rest if contents[column].instances >= MOSTLY), None)
    answered = together or named_column(list(rest), names.COMPLETION_NAMES)
    if answered is None:
        return None
    rest = _without(rest, answered)
    given = together or named_column(list(rest), names.INPUT_NAMES)
    shape = "instruction" if given else "pairs"
    found = Mapping(shape, asked, answered, input=given, guessed_by="names")  # type: ignore[arg-type]
    return _with_others(found, _without(rest, given))


def _pairs(contents: All) -> Mapping | None:
    answers = [c for c in contents if contents[c].dates < MOSTLY and contents[c].links < MOSTLY]
    told = [c for c in answers if _says_much(contents[c])]
    answered = named_column(answers, names.COMPLETION_NAMES) or stemmed_column(told, names.ANSWERED_STEMS)
    if answered is None:
        return None
    rest = _without(contents, answered)
    asked = (
        _worded(rest, names.PROMPT_NAMES)
        or stemmed_column([c for c in rest if _says_much(rest[c])], names.ASKED_STEMS)
        or _worded(rest, names.TEXT_NAMES)
        or named_column(list(rest), names.PROMPT_NAMES)
    )
    by = "names"
    if asked is None and answered in told:
        asked, by = _most_like_a_question(_telling(rest)), "content"
    if asked is None:
        return None
    return _with_others(Mapping(prompt=asked, completion=answered, guessed_by=by), _without(rest, asked))


def _labels(contents: All) -> Mapping | None:
    """Texts that have a label and no answer; two texts that are compared are joined."""
    short = [c for c in contents if _short(contents[c]) and contents[c].filled >= MOSTLY]
    label = named_column(short, names.LABEL_NAMES)
    if label is None:
        return None
    rest = _without(contents, label)
    twins = _twins(rest)
    named = _worded(rest, names.PROMPT_NAMES) or _worded(rest, names.TEXT_NAMES)
    text = named or _most_like_a_question(_words(rest))
    if text is None:
        return None
    sorts = not named and named_column([label], names.SORTING_NAMES) is not None
    if not twins and _may_answer(_telling(_without(rest, text)), rest[text], sorts=sorts):
        return None
    joined = "\n\n".join(f"{{{column}}}" for column in twins) or None
    found = Mapping("label", None if joined else text, label, template=joined, guessed_by="names")
    return _with_others(found, _without(rest, text, *twins))


def _may_answer(others: All, asked: Contents, *, sorts: bool) -> bool:
    """Whether a column of differing texts is beside these: a longer one, or any where the label only sorts.

    After questions, sentences are answers however short.
    """
    told = [cells for cells in others.values() if cells.questions < MOSTLY]
    if asked.questions >= MOSTLY:
        return any(cells.words > LONG_WORDS or cells.sentences >= MOSTLY for cells in told)
    return any(sorts or cells.words > max(LONG_WORDS, asked.words) for cells in told)


def _telling(contents: All) -> All:
    """The columns of texts that differ, without those that are known to be shown with a question."""
    known = (*names.CONTEXT_NAMES, *names.HISTORY_NAMES, *names.SYSTEM_NAMES)
    return {column: c for column, c in contents.items() if _says_much(c) and simple(column) not in known}


def _says_much(cells: Contents) -> bool:
    return (
        cells.worded >= MOSTLY
        and cells.filled >= MOSTLY
        and cells.words >= FEW_WORDS
        and cells.structured < MOSTLY
        and not cells.like_labels
    )


def _unanswered(columns: Sequence[str], contents: All) -> Mapping | None:
    """Questions beside an empty column of answers: the report is to say that it is empty."""
    asked = named_column(list(contents), names.PROMPT_NAMES)
    answered = named_column([column for column in columns if column not in contents], names.COMPLETION_NAMES)
    return Mapping(prompt=asked, completion=answered, guessed_by="names") if asked and answered else None


def _by_content(contents: All) -> Mapping:
    """Raises BadInput where no column can be learned from: data within cells, questions without answers."""
    plain = {column: cells for column, cells in contents.items() if cells.structured < MOSTLY}
    if not plain or named_column([c for c in contents if c not in plain], names.CHAT_NAMES):
        raise not_understood(contents)
    full = {column: cells for column, cells in plain.items() if cells.filled >= MOSTLY}
    worded = _words(full) or _words(plain)
    if not worded:
        raise no_words() if len(plain) == len(contents) else not_understood(contents)
    texts = {column: cells for column, cells in worded.items() if not cells.like_labels}
    told = {column: cells for column, cells in texts.items() if cells.questions < MOSTLY}
    longest = max(told or texts or worded, key=lambda column: worded[column].words * worded[column].filled)
    asked = _most_like_a_question(_without(texts, longest))
    if asked:
        found = Mapping(prompt=asked, completion=longest, guessed_by="content")
        return _with_others(found, _without(contents, asked, longest))
    label = next((column for column in worded if column not in texts and column != longest), None)
    label = label or next((column for column in _without(full, longest) if full[column].like_classes), None)
    if label:
        found = Mapping("label", longest, label, guessed_by="content")
        return _with_others(found, _without(contents, longest, label))
    refuse_other_than_prose(longest, contents)
    by = "names" if named_column([longest], names.TEXT_NAMES) else "content"
    return Mapping("text", completion=longest, guessed_by=by, **_around(_without(contents, longest)))


def _with_others(found: Mapping, rest: All) -> Mapping:
    """The mapping with the columns that say more about an example: system, history, passages, group, date."""
    history = next((c for c in rest if simple(c) in names.HISTORY_NAMES and rest[c].chats), None)
    passages = [] if found.input else [column for column in rest if _is_context(rest[column])]
    context = named_column(passages, names.CONTEXT_NAMES)
    system = _worded(rest, names.SYSTEM_NAMES)
    around = _around(_without(rest, history, context))
    return replace(found, system=system, history=history, context=context, **around)


def _around(rest: All) -> dict[str, Any]:
    dated = [column for column in rest if rest[column].dates >= 0.8]
    grouping = [c for c in rest if c not in dated and rest[c].words <= LONG_WORDS]
    return {
        "group": named_column(grouping, names.GROUP_NAMES),
        "date": named_column(dated, names.DATE_NAMES),
    }


def _is_context(cells: Contents) -> bool:
    return cells.words > LONG_WORDS or cells.cells[0].startswith(("[{", "["))


def _short(cells: Contents) -> bool:
    return cells.words <= 6 and cells.dates < MOSTLY


def _worded(contents: All, wanted: Sequence[str]) -> str | None:
    return named_column([column for column in contents if contents[column].worded >= MOSTLY], wanted)


def _words(contents: All) -> All:
    return {column: cells for column, cells in contents.items() if cells.worded >= MOSTLY}


def _without(contents: All, *columns: str | None) -> All:
    return {column: cells for column, cells in contents.items() if column not in columns}


def _twins(contents: All) -> list[str]:
    """Two columns such as question_1 and question_2."""
    stems: dict[str, list[str]] = {}
    for column in contents:
        found = _NUMBERED.fullmatch(simple(column))
        if found and found[1] in (*names.PROMPT_NAMES, *names.TEXT_NAMES):
            stems.setdefault(found[1], []).append(column)
    return next((columns for columns in stems.values() if len(columns) == 2), [])


def _most_like_a_question(contents: All) -> str | None:
    def likeness(column: str) -> tuple[float, float]:
        cells = contents[column]
        return (round(cells.questions, 1), cells.words * cells.distinct * cells.filled)

    return max(contents, key=likeness) if contents else None
