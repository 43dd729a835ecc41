"""The numbers and codes (318.5, NC-62A, 10:30) that a text holds, however written.

Called by citations and by comparisons.
"""

import re

_SIGN = r"(?:(?<![\w.)\]])-(?=\.?\d))?"  # a minus, not the hyphen of a code or a range
_JOINS = r"(?:\.(?=\d)|-(?=\w)|(?<=\d)[,:/](?=\d))"
_TOKEN = re.compile(rf"{_SIGN}(?:(?<![\w.])\.(?=\d))?\w+(?:{_JOINS}\w+)*")
_GROUPED = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:[\u00a0\u2009\u202f'’]\d{3})+(?!\w)")  # 12'400
_DASHES = str.maketrans("‐‑‒–−", "-----")
_LONGEST_UNIT = 4


def stand_in(sentence: str, passage: str) -> bool:
    """Does the passage hold every number and code of the sentence?"""
    return not missing(sentence, passage)


def missing(sentence: str, passage: str) -> list[str]:
    """The numbers and codes of the sentence that the passage does not hold, in their order."""
    there = set().union(*(forms | _parts(token) for token, forms in _found(passage)))
    return [
        token
        for token, forms in _found(sentence)
        if not forms & there and not (_parts(token) and _parts(token) <= there)
    ]


def _found(text: str) -> list[tuple[str, set[str]]]:
    """Each number or code with its forms: alone, and with a unit behind it, since 39 kg is 39kg."""
    plain = _GROUPED.sub(lambda number: re.sub(r"\D", "", number[0]), text.translate(_DASHES))
    tokens = [token.group() for token in _TOKEN.finditer(plain)]
    found = []
    for token, behind in zip(tokens, [*tokens, ""][1:], strict=True):
        if re.search(r"\d", token):
            unit = behind.lower() if behind.isalpha() and len(behind) <= _LONGEST_UNIT else ""
            found.append((token, {_same(token), _same(token) + unit}))
    return found


def _parts(token: str) -> set[str]:
    """The numbers of a range such as 3-5, and the one of 10-litre."""
    if counted := re.fullmatch(r"(-?\d[\d.,]*)-[a-z]{3,}", token):
        return {_same(counted[1])}
    ends = re.fullmatch(r"(\d[\d.,]*)-(\d[\d.,]*)", token)
    if ends and _size(ends[1]) < _size(ends[2]):
        return {_same(ends[1]), _same(ends[2])}
    return set()


def _size(number: str) -> float:
    try:
        return float(_same(number))
    except ValueError:  # 1.2.3
        return float("inf")


def _same(token: str) -> str:
    """One spelling: 1,250.50 and 1.250,5 are 1250.5; the comma of 0,5 is a decimal point."""
    token = token.lower()
    if re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", token):
        token = token.replace(",", "")
    elif re.fullmatch(r"-?(\d{1,3}(\.\d{3})+|\d+),\d+", token):
        token = token.replace(".", "").replace(",", ".")
    if re.fullmatch(r"-?\d*\.\d+", token):
        token = re.sub(r"^(-?)\.", r"\g<1>0.", token.rstrip("0").rstrip("."))
    return token
