"""The questions the wizard asks, and what a person answered. Pure; used by pages, commands and recommend."""

import math
import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from studio.errors import BadInput

FactsChange = Literal["never", "yearly", "monthly", "weekly", "daily"]
FACTS_CHANGE: tuple[str, ...] = typing.get_args(FactsChange)


@dataclass(frozen=True)
class Answers:
    """None always means "don't know"."""

    needs_sources: bool | None = None
    facts_change: FactsChange | None = None
    fixed_form: bool | None = None
    special_wording: bool | None = None
    combines_documents: bool | None = None
    automated_flow: bool | None = None
    fits_in_context: bool | None = None
    latency_seconds: float | None = None
    data_may_leave_host: bool | None = None
    gpu_memory_gb: float | None = None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Answers":
        """From JSON; raises BadInput for an unknown key or a value of the wrong kind."""
        return cls(**read_values(cls, given, "answer"))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Question:
    """One question in plain words. `options` are (value, label); none means a number is typed in.

    `measured`: nobody is asked, because this host or the documents tell it; it can still be said by hand.
    """

    key: str
    text: str
    why: str
    options: tuple[tuple[Any, str], ...] = ()
    measured: bool = False


YES_NO = ((True, "Yes"), (False, "No"))

QUESTIONS = (
    Question(
        "needs_sources",
        "Must every answer show where it comes from?",
        "A fine-tuned model is a black box: only found passages can be shown, checked and corrected.",
        YES_NO,
    ),
    Question(
        "facts_change",
        "How often do the facts in the answers change?",
        "A document is replaced in a minute; a model that learned a fact has to be trained again.",
        (
            ("never", "Never"),
            ("yearly", "About every year"),
            ("monthly", "Every month"),
            ("weekly", "Every week"),
            ("daily", "Every day"),
        ),
    ),
    Question(
        "fixed_form",
        "Must every answer have the same fixed form, such as a label, a template or JSON?",
        "A form is what fine-tuning learns most reliably.",
        YES_NO,
    ),
    Question(
        "special_wording",
        "Is the trade's own vocabulary and manner of speaking the point?",
        "Retrieval brings content; it does not teach a model to speak like the trade.",
        YES_NO,
    ),
    Question(
        "combines_documents",
        "Do answers combine points from several documents?",
        "Finding and joining pieces of knowledge is what retrieval is for.",
        YES_NO,
    ),
    Question(
        "automated_flow",
        "Will answers go into an automated business flow rather than to a reader?",
        "A flow needs facts from your data and a dependable form: the case for doing both.",
        YES_NO,
    ),
    Question(
        "fits_in_context",
        "Would all documents together fit into one prompt (roughly 100 pages for a small model)?",
        "Then the documents can be put into the prompt as they are, and nothing need be built.",
        YES_NO,
        measured=True,
    ),
    Question(
        "latency_seconds",
        "Within how many seconds must an answer be there?",
        "Passages make prompts longer, and longer prompts take longer.",
    ),
    Question(
        "data_may_leave_host",
        "May the data leave this machine?",
        "If so, a larger hosted model can be tried before anything is trained.",
        YES_NO,
    ),
    Question(
        "gpu_memory_gb",
        "How much memory does the GPU have, in GB? (0 for none)",
        "It decides which base model can be trained, and whether by LoRA or QLoRA.",
        measured=True,
    ),
)
ASKED = tuple(question for question in QUESTIONS if not question.measured)


def read_values(shape: type, given: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Check JSON values against a dataclass whose fields are all optional."""
    hints = typing.get_type_hints(shape)
    known = {field.name for field in fields(shape)}
    for key, value in given.items():
        if key not in known:
            raise BadInput(f"There is no {what} “{key}”; known are {', '.join(sorted(known))}.")
        if not _fits(value, hints[key]):
            raise BadInput(
                f"The {what} “{key}” cannot be {value!r}: expected {_expected(hints[key])} or null."
            )
    return dict(given)


def _fits(value: Any, hint: Any) -> bool:
    if value is None:
        return True
    kinds = _kinds(hint)
    choices = [
        choice for kind in kinds if typing.get_origin(kind) is Literal for choice in typing.get_args(kind)
    ]
    if choices:
        return value in choices
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, int | float):
        whole_enough = float in kinds or (int in kinds and value % 1 == 0)
        return math.isfinite(value) and value >= 0 and whole_enough
    return False


def _expected(hint: Any) -> str:
    for kind in _kinds(hint):
        if typing.get_origin(kind) is Literal:
            return " | ".join(typing.get_args(kind))
        if kind is bool:
            return "true, false"
    return "a number from 0 up"


def _kinds(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (types.UnionType, typing.Union) else (hint,)
