"""Which columns of a table make its examples, as a person may correct it. Used by pages and imports."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from studio.errors import BadInput
from studio.training_sets.shapes.contents import Contents, Rows, look
from studio.training_sets.shapes.rows.template import template_columns

Shape = Literal["pairs", "instruction", "messages", "conversations", "label", "text", "version"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
CHATS = ("messages", "conversations")
WITHOUT_PROMPT = (*CHATS, "text")
_ROLES = ("prompt", "completion", "input", "system", "group", "date", "history", "context")
_KEPT_ANYWAY = ("date",)
GUESSED = "This needs a look"
"""Stands in what is said of a mapping that was guessed from cells alone."""
# what export writes; a table with these columns comes back as it was
VERSION_COLUMNS = (
    "prompt", "completion", "history", "context", "group", "split", "origin", "reviewed", "extra",
)  # fmt: skip


@dataclass(frozen=True)
class Mapping:
    """Which columns make an example. `guessed_by`: names, content or you.

    A chat has its turns in `completion`, plain text has its text there, and neither has a prompt. Rows
    of one `group` stay on one side of the split. `template` joins columns into the prompt, such as
    “{question} ({product})”. The shape "version" is an exported version, which names its columns itself.
    """

    shape: Shape = "pairs"
    prompt: str | None = None
    completion: str | None = None
    group: str | None = None
    metadata: tuple[str, ...] = ()
    template: str | None = None
    system: str | None = None
    input: str | None = None
    date: str | None = None
    history: str | None = None
    context: str | None = None
    guessed_by: str = "you"

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "metadata": list(self.metadata)}

    @property
    def is_chat(self) -> bool:
        """Whether a row is a conversation, of which every answer becomes an example."""
        return self.shape in CHATS

    @property
    def may_lack_question(self) -> bool:
        """Whether a row without a question can be whole: it is plain text then."""
        return self.shape in ("text", "version")


def from_dict(stored: dict[str, Any]) -> Mapping:
    """A mapping as it was stored; what is not in it gets its default."""
    known = {field.name for field in fields(Mapping)} & set(stored)
    return Mapping(
        **{**{name: stored[name] for name in known}, "metadata": tuple(stored.get("metadata", ()))}
    )


def choose(table: Rows, wanted: Mapping) -> Mapping:
    """The mapping with all columns it does not use as metadata.

    Raises BadInput, in one sentence, when the table has no such column or its cells do not fit.
    """
    if wanted.shape not in SHAPES:
        raise BadInput(f"There is no shape “{wanted.shape}”; choose one of {', '.join(SHAPES)}.")
    if wanted.shape == "version":
        return replace(wanted, metadata=())
    used = {role: column for role in _ROLES if (column := getattr(wanted, role))}
    for column in used.values():
        if column not in table.columns:
            raise BadInput(f"There is no column “{column}”; the table has {', '.join(table.columns)}.")
    joined = template_columns(wanted.template, table.columns) if wanted.template else []
    _refuse_missing(wanted)
    _refuse_unfit(wanted, look(table, [column for column in (wanted.completion, wanted.date) if column]))
    taken = {column for role, column in used.items() if role not in _KEPT_ANYWAY} | set(joined)
    return replace(wanted, metadata=tuple(column for column in table.columns if column not in taken))


def describe(mapping: Mapping) -> str:
    """What becomes of the rows, and how that was found; nothing for examples that were in no table."""
    if not mapping.completion and mapping.shape != "version":
        return ""
    said = _said_of_shape(mapping)
    if mapping.group:
        said += f" Rows with the same “{mapping.group}” stay together."
    if mapping.guessed_by == "content":
        said += f" {GUESSED}: the names of the columns do not say so, only their cells do."
    return said


def names_itself(columns: Sequence[str]) -> bool:
    """Whether these are the columns of an exported version."""
    return set(VERSION_COLUMNS) <= set(columns)


def _refuse_missing(wanted: Mapping) -> None:
    if not wanted.completion:
        what = {"text": "text", "label": "label"}.get(
            wanted.shape, "conversation" if wanted.is_chat else "answer"
        )
        raise BadInput(f"Choose the column with the {what}.")
    if wanted.shape in WITHOUT_PROMPT:
        if wanted.prompt or wanted.template:
            raise BadInput("Conversations and plain text have no question column: leave it empty.")
        return
    if not wanted.prompt and not wanted.template:
        raise BadInput("Choose the column with the question, or write a template that joins columns.")
    if wanted.prompt == wanted.completion:
        raise BadInput(f"Question and answer cannot both be “{wanted.prompt}”: choose two columns.")


def _refuse_unfit(wanted: Mapping, contents: dict[str, Contents]) -> None:
    if wanted.is_chat and wanted.completion and not contents[wanted.completion].chats:
        raise BadInput(
            f"“{wanted.completion}” holds no conversation: its cells must be lists of messages with role and "
            "content, or from and value."
        )
    if wanted.date and not contents[wanted.date].dates:
        raise BadInput(f"“{wanted.date}” holds no dates that can be read, such as 2024-05-31.")


def _said_of_shape(mapping: Mapping) -> str:
    asked = f"“{mapping.prompt}”" if not mapping.template else f"the template “{mapping.template}”"
    match mapping.shape:
        case "messages" | "conversations":
            return f"Every answer in the conversations of “{mapping.completion}” becomes an example."
        case "text":
            return f"There is no column with answers: “{mapping.completion}” is learned as plain text."
        case "label":
            return (
                f"There is no column with answers: the expert learns to answer {asked} "
                f"with its label in “{mapping.completion}”."
            )
        case "instruction":
            given = (
                ""
                if mapping.input in (None, mapping.completion)
                else f" with their input in “{mapping.input}”"
            )
            return f"Instructions from {asked}{given}, answers from “{mapping.completion}”."
        case "version":
            return "This is an exported version: it comes back as it was."
        case _:
            return f"Questions from {asked}, answers from “{mapping.completion}”."
