"""What documents may hold to mislead a model: orders to it, and addresses it should hand out.

Called by ingest, for the receipt, and by answers. Patterns find the usual wordings only; what protects the
reader is that an answer never carries an address that no honest source holds.
"""

import re
from collections.abc import Sequence

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}"
    r"\b(?:previous|prior|above|earlier|all|any|your)\b[^.\n]{0,40}"
    r"\b(?:instructions?|prompts?|rules?|directions?|context|guidelines?)\b"
    r"|\byou are (?:now|no longer)\b[^.\n]{0,60}\b(?:assistant|model|ai|chatbot|bot|dan)\b"
    r"|\b(?:reveal|print|repeat|show)\b[^.\n]{0,30}\b(?:system prompt|your (?:instructions|prompt))\b"
    r"|\bdo not (?:tell|inform|mention)[^.\n]{0,30}\b(?:user|reader)\b"
    r"|\b(?:system|developer) (?:prompt|message) ?:"
    r"|\bignorier\w*[^.\n]{0,40}\banweisung\w*|\bignoruj\w*[^.\n]{0,40}\b(?:pokyn|inštrukc|instrukc)\w*"
    r"|<\|(?:im_start|im_end|system|user|assistant|eot_id|start_header_id|endoftext)\|>|\[/?INST\]|<</?SYS>>",
    re.IGNORECASE,
)
_EXAMPLE_CHARACTERS = 80
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\((?!\d)[^)\s]*\)")
_ADDRESS = re.compile(
    r"(?:\b(?:https?|ftp|data|javascript):/{0,2}|\bwww\.|(?<![\w:])//)[^\s<>\"'”»)\]]+", re.IGNORECASE
)
REMOVED = "(address left out)"


def orders_in(text: str) -> list[str]:
    """Places that read like instructions to a language model, as they stand in the text."""
    return [found.group() for found in _ORDERS.finditer(text)]


def warning_of(text: str) -> str | None:
    """A sentence for the receipt, or None when nothing looks planted."""
    orders = orders_in(text)
    if not orders:
        return None
    example = " ".join(orders[0].split())[:_EXAMPLE_CHARACTERS]
    places = "1 place reads" if len(orders) == 1 else f"{len(orders):,} places read"
    return f"{places} like instructions to a language model (“{example}”); they are treated as plain text."


def without_strange_addresses(answer: str, sources: Sequence[str]) -> str:
    """The answer without pictures and links, and with only those addresses that an honest source holds.

    A source with orders to a model is not honest: its addresses are left out as well as invented ones.
    """
    honest = [source for source in sources if not orders_in(source)]
    plain = _LINK.sub(r"\1", _PICTURE.sub("", answer))

    def checked(address: re.Match[str]) -> str:
        written = address.group().rstrip(".,;:!?")
        known = any(written in source for source in honest)
        return address.group() if known else REMOVED + address.group()[len(written) :]

    return _ADDRESS.sub(checked, plain)
