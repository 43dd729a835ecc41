"""Writes a source text as a web page (HTML) of the made-up company; used by build.py."""

from __future__ import annotations

from html import escape
from pathlib import Path

from source_text import Block

STYLE = (
    "body{font-family:Georgia,serif;max-width:44rem;margin:2rem auto;color:#1f2d3d;line-height:1.5}"
    "h1,h2{color:#966c26}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3rem .6rem}"
    "nav{font-size:.9rem}footer{margin-top:3rem;font-size:.85rem;color:#566}"
)
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<nav>Ollenmere Dewclock Works | Clocks | Care | Service</nav>
<main>
{body}
</main>
<footer>Ollenmere Dewclock Works, Sallow Lane 7, Ollenmere</footer>
</body>
</html>
"""


def write_page(blocks: list[Block], path: Path) -> None:
    body = "\n".join(_element(block) for block in blocks)
    path.write_text(PAGE.format(title=escape(blocks[0].text), style=STYLE, body=body), encoding="utf-8")


def _element(block: Block) -> str:
    if block.kind in ("title", "heading"):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if block.kind == "table":
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows)
        return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    if block.kind in ("bullets", "steps"):
        tag = "ul" if block.kind == "bullets" else "ol"
        return f"<{tag}>" + "".join(f"<li>{escape(item)}</li>" for (item,) in block.rows) + f"</{tag}>"
    return f"<p>{escape(block.text)}</p>"
