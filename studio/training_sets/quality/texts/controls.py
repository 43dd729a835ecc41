"""Characters nobody sees, and control words of language models. Called by the examination and by mending."""

import re
import unicodedata

# white space, bidirectional controls, joiners, marks that show nothing
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_BREAKS = dict.fromkeys(map(ord, "\t\n\r"))  # not printable for Python, but in their place
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DIRECTION_MARKS = frozenset("\u200e\u200f\u061c")
_JOINERS = frozenset("\u200c\u200d")
_WORD_BREAK = "\u200b"

# the forms of Llama, Mistral, Gemma, ChatML, Phi, Qwen, DeepSeek, T5 and their kin
_SPECIAL = re.compile(
    r"<\|[^\s<>|]{1,40}\|>|<｜[^<>｜]{1,40}｜>|</?s>|\[/?INST\]|<</?SYS>>|\[/?(?:AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|"
    r"SYSTEM_PROMPT)\]|</?(?:bos|eos|pad|unk|mask|start_of_turn|end_of_turn|start_of_image|tool_call|tool_response|"
    r"think)>|<extra_id_\d+>"
)


def has_invisible(text: str) -> bool:
    """Whether it has invisible or direction-turning characters that its script does not need."""
    if text.translate(_BREAKS).isprintable():
        return False
    return (
        not text.isascii() and any(_out_of_place(text, found.start()) for found in _INVISIBLE.finditer(text))
    ) or bool(text.isascii() and _INVISIBLE.search(text))


def without_invisible(text: str) -> str:
    """The text without them; emoji, Arabic, Persian, Indic and Thai words keep what holds them together."""
    return _INVISIBLE.sub(lambda found: "" if _out_of_place(text, found.start()) else found[0], text)


def special_tokens(text: str, known: frozenset[str] = frozenset()) -> list[str]:
    """The control words in it: those of `known`, the chosen model's own, and the usual forms."""
    found = [match[0] for match in _SPECIAL.finditer(text)] if "<" in text or "[" in text else []
    return found + [token for token in known if token in text and token not in found]


def taken_apart(text: str, known: frozenset[str] = frozenset()) -> str:
    """The text with a space inside every control word, so that it is read as ordinary characters."""
    for token in sorted(set(special_tokens(text, known)), key=len, reverse=True):
        text = text.replace(token, f"{token[0]} {token[1:-1]} {token[-1]}")
    return text


def _out_of_place(text: str, at: int) -> bool:
    letter = text[at]
    if letter in _OVERRIDES:
        return True
    if letter in _DIRECTION_MARKS:
        return not any(
            unicodedata.bidirectional(other) in ("R", "AL") and other not in _DIRECTION_MARKS
            for other in text
        )
    beside = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
    if letter in _JOINERS:
        return not any(_joins(other) for other in beside)
    if letter == _WORD_BREAK:
        return not any(
            "\u0e00" <= other <= "\u0fff" or "\u1000" <= other <= "\u109f" or "\u1780" <= other <= "\u17ff"
            for other in beside
        )
    if letter >= "\U000e0000":
        return "\U0001f3f4" not in text
    return True


def _joins(letter: str) -> bool:
    """Whether joiners have a meaning beside it: cursive and Indic letters, emoji and their variants."""
    return (
        "\u0600" <= letter <= "\u109f"
        or letter == "\ufe0f"
        or unicodedata.category(letter) == "So"
        or "\U0001f3fb" <= letter <= "\U0001f3ff"
    )
