"""Which paragraph styles of a Word document are headings and lists. Called by the Word parser."""

import re
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

TITLE_LEVEL = 0
_HEADING_NAME = re.compile(r"heading (\d)", re.IGNORECASE)


@dataclass(frozen=True)
class _Style:
    name: str
    based_on: str | None
    outline_level: int | None
    numbered: bool


class Styles:
    """The styles by id; a style without an own level takes that of the style it is based on."""

    def __init__(self, styles: Any) -> None:
        found = (style for style in styles.iterchildren(qn("w:style")))
        self._styles = {style.get(qn("w:styleId")): _read(style) for style in found}

    def level(self, paragraph: Any) -> int | None:
        """0 for the title, 1 to 9 for headings, None for body text."""
        own = _outline_level(paragraph)
        if own is not None:
            return own + 1
        for style in self._chain(paragraph):
            if style.name.lower() == "title":
                return TITLE_LEVEL
            named = _HEADING_NAME.fullmatch(style.name)
            if named:
                return int(named.group(1))
            if style.outline_level is not None:
                return style.outline_level + 1
        return None

    def is_list(self, paragraph: Any) -> bool:
        if paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None:
            return True
        return any(
            style.numbered or style.name.lower().startswith("list ") for style in self._chain(paragraph)
        )

    def _chain(self, paragraph: Any) -> list[_Style]:
        named = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style_id = named.get(qn("w:val")) if named is not None else None
        chain: list[_Style] = []
        while style_id in self._styles and len(chain) < 10:
            chain.append(self._styles[style_id])
            style_id = chain[-1].based_on
        return chain


def _read(style: Any) -> _Style:
    name, based_on = style.find(qn("w:name")), style.find(qn("w:basedOn"))
    return _Style(
        name=name.get(qn("w:val"), "") if name is not None else "",
        based_on=based_on.get(qn("w:val")) if based_on is not None else None,
        outline_level=_outline_level(style),
        numbered=style.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None,
    )


def _outline_level(element: Any) -> int | None:
    """Word's outline level, 0 to 8; 9 means body text."""
    found = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    level = int(found.get(qn("w:val"), 9)) if found is not None else 9
    return level if level < 9 else None
