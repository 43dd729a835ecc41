"""HTML in a text, and the text without it. Called by the examination and by mending."""

import re
from html import unescape
from html.parser import HTMLParser

_BLOCKS_WORDS = """
address article aside blockquote body center dd details div dl dt figure footer form h1 h2 h3 h4 h5 h6
head header hr html li main nav ol p pre section summary table tbody td tfoot th thead title tr ul
"""
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
_INLINE_WORDS = """
a abbr acronym audio b big br button cite code col em embed fieldset figcaption font i iframe img input
ins kbd label legend link mark meta noscript object option picture q samp script select small source span
strike strong style sub sup svg textarea time tt u var video wbr
"""
_INLINE = frozenset(_INLINE_WORDS.split())
_TAGS = _BLOCKS | _INLINE
_UNSEEN = frozenset(("script", "style", "head", "noscript"))
_ALONE = frozenset(("br", "hr", "img", "input", "wbr"))
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>\s[^<>]*|/)?>")
_COMMENT = re.compile(r"<!--.*?-->|<!doctype\s[^>]*>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|[a-z]{1,4}(?:dash|quo)|hellip|bull|middot|copy|reg|trade|euro|deg|shy|"
    r"[aeiouyncszAEIOUYNCSZ](?:acute|grave|circ|uml|tilde|caron|cedil|ring|slash)|szlig|#\d{2,6}|#x[\da-fA-F]{2,6});"
)


def has_html(text: str) -> bool:
    """Tags that form HTML, or entities; a lone `<name>` or anything quoted as code is not."""
    if "<" not in text and "&" not in text:
        return False
    text = _CODE.sub(" ", text)
    if _ENTITY.search(text) or _COMMENT.search(text):
        return True
    opened: list[str] = []
    closed: set[str] = set()
    for found in _TAG.finditer(text):
        name, rest = found["name"].lower(), found["rest"] or ""
        if name not in _TAGS:
            continue
        if (name in _ALONE and not found["end"]) or "=" in rest:
            return True
        if found["end"]:
            closed.add(name)
        else:
            opened.append(name)
    return len(opened) > 1 or not closed.isdisjoint(opened)


def without_html(text: str) -> str:
    """What a reader of the page would see: blocks on lines of their own, list items with a dash."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects visible text; tags it does not know, such as <name>, stay as they are written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.handle_data(self.get_starttag_text() or "")
        elif tag in _UNSEEN:
            self._hidden += 1
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag == "br" or tag in _BLOCKS:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag not in _TAGS:
            self.handle_data(f"</{tag}>")
        elif tag in _BLOCKS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(unescape(data) if "&" in data else data)

    def _break(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.pieces.append(" ")
        elif tag == "li":
            return
        else:
            self.pieces.append("\n" if self.pieces and not self.pieces[-1].endswith("\n") else "")
