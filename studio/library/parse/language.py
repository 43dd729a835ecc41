"""Which language a document is written in. Called once a file has been read."""

import re
from functools import cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from studio.library.parse.blocks import ParsedDocument

_FEWEST_WORDS = 40
_FEWEST_UNSPACED = 60  # letters of a script that puts no spaces between words
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BLOCKS = 100  # looked at, from all over the document
_LOOKED_AT = 2000  # characters of each
_SAMPLES = 3
_SAMPLE_WORDS = 40  # 120 words tell the language and take half a millisecond
_SURE = 0.8


def detect_language(parsed: ParsedDocument) -> str:
    """ISO 639-1 code; "" for fewer than about forty words, for lists of codes, and when unsure."""
    blocks = [block.text for block in parsed.blocks if block.kind != "sheet"]
    text = " ".join(block[:_LOOKED_AT] for block in blocks[:: max(1, len(blocks) // _BLOCKS)])
    words = _WORD.findall(text)
    if len(words) < _FEWEST_WORDS and len(_UNSPACED.findall(text)) < _FEWEST_UNSPACED:
        return ""
    step = max(1, (len(words) - _SAMPLE_WORDS) // (_SAMPLES - 1))
    starts = range(0, len(words), step) if len(words) > _SAMPLES * _SAMPLE_WORDS else [0]
    sample = [word for start in starts for word in words[start : start + _SAMPLE_WORDS]]
    code, confidence = likely_language(" ".join(sample[: _SAMPLES * _SAMPLE_WORDS])[:2000])
    return code if confidence >= _SURE and len(code) == 2 else ""


def likely_language(text: str) -> tuple[str, float]:
    """The best guess and how sure it is, 0 to 1."""
    code, confidence = _identifier().classify(text)
    return str(code), float(confidence)


def ranked_languages(text: str) -> list[tuple[str, float]]:
    """Every language it may be, the likeliest first, with shares that add up to 1."""
    return [(str(code), float(share)) for code, share in _identifier().rank(text)]


@cache
def _identifier() -> Any:
    """Takes 80 MB, so it is loaded by who reads documents only, and not before."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
