"""Tables that hold nothing to learn from, and why: data within cells, questions without answers.

Called by guessing.
"""

from collections import Counter

from studio.errors import BadInput
from studio.training_sets.shapes import names
from studio.training_sets.shapes.contents import Contents
from studio.training_sets.shapes.names import named_column, stemmed_column
from studio.training_sets.shapes.rows.turns import NotAChat, read_turns, role_of


class NothingToLearn(BadInput):
    """The table could be read, and none of its columns can be learned from."""


MOSTLY = 0.5
LONG_WORDS = 12
"""A passage has more words than this, a product or a topic has fewer."""
FEW_WORDS = 3
"""What is called a text has as many words at least; a name of something may have fewer."""


def not_understood(contents: dict[str, Contents]) -> NothingToLearn:
    """What to say of a table whose texts are lists or objects of a form that nobody knows."""
    data = [column for column in contents if contents[column].structured >= MOSTLY]
    column = named_column(data, names.CHAT_NAMES) or data[0]
    return NothingToLearn(
        f"“{column}” holds data that is not understood ({_why(contents[column].cells[0])}): bring a question "
        "and an answer in each row, or chat messages with role and content."
    )


def no_words() -> NothingToLearn:
    """What to say of a table of nothing but numbers and ids."""
    return NothingToLearn(
        "No column holds text, only numbers and ids: bring a question and an answer in each row, or say "
        "which columns they are."
    )


def whole_talks(contents: dict[str, Contents]) -> dict[str, Contents]:
    """The same columns; raises NothingToLearn where one says who speaks: rows are single turns then."""
    for column, cells in contents.items():
        roles = Counter(role_of(cell) for cell in cells.cells)
        if roles["user"] and roles["assistant"] and roles[None] <= 0.1 * roles.total():
            raise NothingToLearn(
                f"Each row is one turn of a conversation, of which “{column}” says who speaks: bring each "
                "conversation whole in a row, as messages with role and content."
            )
    return contents


def _why(cell: str) -> str:
    try:
        read_turns(cell)
    except NotAChat as error:
        return f"{error}"
    return "few of its cells hold a conversation"


def refuse_other_than_prose(column: str, contents: dict[str, Contents]) -> None:
    """Plain text is long, or sentences, or called a text; raises NothingToLearn for anything else."""
    cells = contents[column]
    asks = named_column([column], names.PROMPT_NAMES) or stemmed_column([column], names.ASKED_STEMS)
    if cells.questions >= MOSTLY or asks:
        raise NothingToLearn(
            f"“{column}” holds questions and no column holds answers, so there is nothing to learn: "
            "add a column with the answer to each question."
        )
    named = named_column([column], names.TEXT_NAMES) and cells.words >= FEW_WORDS
    if named or cells.words > LONG_WORDS or cells.sentences >= MOSTLY:
        return
    if any(other.structured >= MOSTLY for other in contents.values()):
        raise not_understood(contents)
    raise NothingToLearn(
        f"“{column}” holds short entries and no column holds answers to them, so there is nothing to "
        "learn: bring questions with answers, or longer texts."
    )
