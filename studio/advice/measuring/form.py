"""Whether example answers share a form: the same JSON keys, or the same opening. Pure; called by measure."""

import json
import re
from collections import Counter
from collections.abc import Sequence

FEWEST = 20
_OPENING_WORDS = 3
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\w+")


def same_form(answers: Sequence[str]) -> tuple[float, str] | None:
    """(share of the commonest form, that form in words) of different answers; None for too few of them.

    Labels have no form of their own: few different answers are told by their number.
    """
    forms = [form_of(answer) for answer in dict.fromkeys(answers)]
    if len(forms) < FEWEST:
        return None
    form, count = Counter(forms).most_common(1)[0]
    return count / len(forms), form


def form_of(answer: str) -> str:
    """JSON by its keys; other text by the words it opens with, whatever their figures."""
    keys = _json_keys(answer)
    if keys is not None:
        return f"JSON with {keys or 'no keys'}"
    opening = _WORD.findall(_DIGITS.sub("0", answer.casefold()))[:_OPENING_WORDS]
    return f"“{' '.join(opening)} …”"


def _json_keys(answer: str) -> str | None:
    if not answer.lstrip().startswith(("{", "[")):
        return None
    try:
        found = json.loads(answer)
    except ValueError:
        return None
    first = found[0] if isinstance(found, list) and found else found
    return ", ".join(sorted(first)) if isinstance(first, dict) else ""
