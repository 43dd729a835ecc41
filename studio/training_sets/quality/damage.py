"""Texts damaged by a wrong encoding, and repairing them. Called by the examination and by mending."""

import ftfy

REPLACEMENT = "\ufffd"


def is_damaged(text: str) -> bool:
    """Whether it has replacement characters, or UTF-8 that was read as another encoding (Ã©, Ĺˇ)."""
    return not text.isascii() and (REPLACEMENT in text or repair(text) != text)


def repair(text: str) -> str:
    """The letters as they were meant, as far as the bytes survived; what � stood for is lost."""
    return text if text.isascii() else ftfy.fix_encoding(text)
