"""The words of a text that carry its content. Pure; called by citations and what judges them."""

import re

_WORD = re.compile(r"\w+")
_LITTLE = (
    "a about all also an and any are as at be because been but by can could did do does for from had has "
    "have he her his how i if in into is it its may more most must no not of on one or other our she should "
    "so some such than that the their them then there these they this those to up was we were what when "
    "where which who will with would you your"
)
LITTLE_WORDS = frozenset(_LITTLE.split())


def content_words(text: str) -> set[str]:
    """Without little words and endings: the first six letters tell most word forms together."""
    return {word[:6] for word in _WORD.findall(text.lower()) if word not in LITTLE_WORDS}
