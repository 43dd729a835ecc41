"""Mends the text of a row where that can be done without a person. Called by remedies."""

from collections.abc import Callable, Collection
from dataclasses import replace

from studio.training_sets.examples import Candidate
from studio.training_sets.quality.texts.controls import taken_apart, without_invisible
from studio.training_sets.quality.texts.credentials import find_secrets
from studio.training_sets.quality.texts.damage import repair
from studio.training_sets.quality.texts.markup import has_html, without_html
from studio.training_sets.quality.texts.personal import find_personal
from studio.training_sets.quality.texts.spans import masked

Mender = Callable[[str], str]


def _readable(text: str) -> str:
    return without_html(text) if has_html(text) else text


def _without_secrets(text: str) -> str:
    return masked(text, find_secrets(text))


def _without_personal(text: str) -> str:
    return masked(text, find_personal(text))


# in this order: what comes first may bring to light what comes later
MENDERS: dict[str, Mender] = {
    "broken_text": repair,
    "bidi": without_invisible,
    "html": _readable,
    "special_token": taken_apart,
    "secret": _without_secrets,
    "personal_data": _without_personal,
}


def mended(row: Candidate, kinds: Collection[str]) -> Candidate:
    """The row with these kinds of defects mended in all its texts; kinds that cannot be mended do nothing."""

    def mend(text: str) -> str:
        for kind, mender in MENDERS.items():
            if kind in kinds:
                text = mender(text)
        return text

    return replace(
        row,
        prompt=mend(row.prompt),
        completion=mend(row.completion),
        history=tuple((who, mend(text)) for who, text in row.history),
        context=tuple((mend(title), mend(text)) for title, text in row.context),
    )
