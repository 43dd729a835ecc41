"""Which language the texts are in, and which rows differ. Called by the examination."""

import re
from collections import Counter

from studio.library.parse.language import ranked_languages

_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS, _FEWEST_LETTERS = 5, 24
_LOOKED_AT = 250
_SURE = 0.98
_LIKELIEST = 8
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_FEWEST_UNSPACED = 8
# told apart by a few words only: a short text is sure to be one of them, and a difference is no finding
_ALIKE = (
    {"cs", "sk"},
    {"hr", "bs", "sr", "sl", "mk"},
    {"da", "nb", "no", "nn", "sv", "fo", "is"},
    {"id", "ms", "jv", "tl"},
    {"es", "gl", "pt", "ca", "an", "oc", "ast"},
    {"de", "lb"},
    {"nl", "af", "li"},
    {"ru", "uk", "be", "bg"},
    {"hi", "mr", "ne"},
)


def language(text: str) -> str:
    """ISO 639-1 code of a text that says enough to tell, else ""."""
    words = _WORD.findall(text[: 4 * _LOOKED_AT])
    letters = " ".join(words)[:_LOOKED_AT]
    unspaced = len(_UNSPACED.findall(letters)) >= _FEWEST_UNSPACED
    if not unspaced and (len(words) < _FEWEST_WORDS or len(letters) < _FEWEST_LETTERS):
        return ""
    ranked = ranked_languages(letters)
    code = ranked[0][0]
    family = next((alike for alike in _ALIKE if code in alike), {code})
    sure = sum(share for other, share in ranked[:_LIKELIEST] if other in family)
    return code if sure >= _SURE and len(code) == 2 else ""


def main_language(found: Counter[str]) -> str:
    """The commonest, "" where none was told."""
    told = Counter({code: count for code, count in found.items() if code})
    return told.most_common(1)[0][0] if told else ""


def differs(code: str, main: str) -> bool:
    """Whether a text of this language stands out among others of the main one."""
    return bool(code and main) and code != main and not any({code, main} <= alike for alike in _ALIKE)
