"""A sheet as Markdown, or as one HTML file that needs nothing else, not even a script. Pure."""

import html
import re
from collections.abc import Iterator

from studio.advice.record.sheet import Cells, Part, Sheet

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~&@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_LIST = re.compile(r"^(\d*)([-+=.)])")  # what makes the beginning of a line a list, a rule or a heading
_LONGEST_WORD = 40
_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem; break-after: avoid }
div { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid #8886 }
.long { overflow-wrap: anywhere; min-width: 12rem }
tr { break-inside: avoid } footer { margin-top: 2rem; font-size: .85rem; opacity: .75 }
@media print { body { margin: 0; max-width: none; font-size: 10pt } @page { margin: 18mm } }
"""
FOOTER = "Written by Expert Studio. Intervals hold 95 %; “shown” differences are corrected for several looks."


def as_markdown(sheet: Sheet) -> str:
    """Texts of people and documents are escaped: nothing in them can become a heading, a list or a link."""
    lines = [f"# {_plain(sheet.title)}", ""]
    for part in sheet.parts:
        lines += [f"## {_plain(part.title)}", "", *_markdown_part(part)]
    return "\n".join([*lines, f"*{FOOTER}*", ""])


def as_html(sheet: Sheet) -> str:
    """Prints as it stands; every text is escaped."""
    parts = "\n".join(line for part in sheet.parts for line in _html_part(part))
    title = html.escape(sheet.title)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><h1>{title}</h1>\n{parts}\n<footer>{html.escape(FOOTER)}</footer></body></html>\n"
    )


def _markdown_part(part: Part) -> Iterator[str]:
    for sentence in part.sentences:
        yield f"- {_begun(sentence)}" if len(part.sentences) > 1 else _begun(sentence)
    if part.sentences:
        yield ""
    if len(part.table) > 1:
        heads, *rows = part.table
        yield _line(heads)
        yield "|" + "---|" * len(heads)
        yield from map(_line, rows)
        yield ""


def _line(cells: Cells) -> str:
    return f"| {' | '.join(_plain(cell) for cell in cells)} |"


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _begun(text: str) -> str:
    """As the beginning of a line."""
    return _LIST.sub(r"\1\\\2", _plain(text))


def _html_part(part: Part) -> Iterator[str]:
    yield f"<h2>{html.escape(part.title)}</h2>"
    if len(part.sentences) == 1:
        yield f"<p>{html.escape(part.sentences[0])}</p>"
    elif part.sentences:
        yield f"<ul>{''.join(f'<li>{html.escape(one)}</li>' for one in part.sentences)}</ul>"
    if len(part.table) > 1:
        heads, *rows = part.table
        body = "".join(_row("td", cells) for cells in rows)
        yield f"<div><table><thead>{_row('th', heads)}</thead><tbody>{body}</tbody></table></div>"


def _row(tag: str, cells: Cells) -> str:
    return f"<tr>{''.join(f'<{tag}{_class(cell)}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _class(cell: str) -> str:
    """Words as long as a hash may be broken, others not."""
    return ' class="long"' if max(map(len, cell.split()), default=0) > _LONGEST_WORD else ""
