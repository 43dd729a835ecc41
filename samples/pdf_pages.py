"""Sets a source text as a printed book or sheet (PDF) with fpdf2; used by build.py."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fpdf import FPDF, FontFace
from fpdf.outline import OutlineSection
from source_text import Block

INK = (31, 45, 61)
BRASS = (150, 108, 38)
MIST = (232, 238, 240)
TEXT_SIZE = 11


class Paper(FPDF):
    """A page with a running title and a page number; the cover has neither."""

    def __init__(self, title: str, dated: datetime) -> None:
        super().__init__(format="A4")
        # the running title differs from the title: readers of PDF drop what every page repeats
        self.running_title, self.has_cover = f"Ollenmere Dewclock Works: {title}, {dated:%B %Y}", False
        self.set_title(title)
        self.set_author("Ollenmere Dewclock Works")
        self.set_creation_date(dated)
        self.set_margins(25, 26, 25)
        self.set_auto_page_break(True, margin=24)

    def header(self) -> None:
        if self.has_cover and self.page_no() == 1:
            return
        self.set_font("Times", "I", 9)
        self.set_text_color(*BRASS)
        self.set_y(13)
        self.cell(0, 5, self.running_title, align="R")
        self.set_draw_color(*BRASS)
        self.line(25, 19, 185, 19)
        self.set_y(26)

    def footer(self) -> None:
        if self.has_cover and self.page_no() == 1:
            return
        self.set_y(-16)
        self.set_font("Times", "", 9)
        self.set_text_color(*INK)
        self.cell(0, 6, f"Page {self.page_no()}", align="C")


def write_book(blocks: list[Block], path: Path, dated: datetime) -> None:
    """A cover, a contents list and every chapter on a new page."""
    title, note = blocks[0].text, blocks[1].text
    paper = Paper(title, dated)
    paper.has_cover = True
    paper.add_page()
    _cover(paper, title, note)
    paper.add_page()
    paper.insert_toc_placeholder(_contents, pages=3)
    _write_blocks(paper, blocks[2:], chapters_on_new_pages=True)
    paper.output(str(path))


def write_sheet(blocks: list[Block], path: Path, dated: datetime) -> None:
    """A title and the text, without a cover."""
    paper = Paper(blocks[0].text, dated)
    paper.add_page()
    _line(paper, blocks[0].text, ("Times", "B", 24), 12)
    _write_blocks(paper, blocks[1:], chapters_on_new_pages=False)
    paper.output(str(path))


def _cover(paper: Paper, title: str, note: str) -> None:
    paper.set_draw_color(*BRASS)
    paper.rect(15, 15, 180, 267)
    paper.rect(17, 17, 176, 263)
    _emblem(paper, 105, 175)
    paper.set_y(52)
    paper.set_text_color(*INK)
    paper.set_font("Times", "B", 36)
    paper.multi_cell(0, 16, title, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.set_font("Times", "I", 13)
    paper.ln(6)
    for sentence in note.rstrip(".").split(". "):
        paper.multi_cell(0, 8, f"{sentence}.", align="C", new_x="LMARGIN", new_y="NEXT")


def _emblem(paper: Paper, x: float, y: float) -> None:
    """The mark of the Works: a veil above a dial, with three falling beads."""
    paper.set_line_width(0.6)
    paper.set_fill_color(*MIST)
    paper.polygon([(x - 32, y - 46), (x + 32, y - 46), (x + 8, y - 14), (x - 8, y - 14)], style="DF")
    paper.set_line_width(0.2)
    for step in range(-28, 29, 7):
        paper.line(x + step, y - 46, x + step / 4, y - 14)
    paper.set_fill_color(*BRASS)
    for drop in range(3):
        paper.circle(x, y - 10 + drop * 5, 1.1, style="F")
    paper.set_line_width(0.8)
    paper.circle(x, y + 34, 28)
    paper.circle(x, y + 34, 25)
    paper.line(x, y + 34, x, y + 14)
    paper.line(x, y + 34, x + 13, y + 41)
    paper.set_line_width(0.2)


def _contents(paper: FPDF, sections: list[OutlineSection]) -> None:
    paper.set_text_color(*INK)
    paper.set_font("Times", "B", 19)
    paper.set_x(25)
    paper.cell(0, 12, "Contents", new_x="LMARGIN", new_y="NEXT")
    for section in sections:
        chapter = section.level == 0
        paper.set_font("Times", "B" if chapter else "", 11 if chapter else 10)
        paper.ln(1.4 if chapter else 0)
        paper.set_x(25 if chapter else 31)
        paper.cell(140 if chapter else 134, 5.4, section.name)
        paper.cell(0, 5.4, str(section.page_number), align="R", new_x="LMARGIN", new_y="NEXT")


def _write_blocks(paper: Paper, blocks: list[Block], *, chapters_on_new_pages: bool) -> None:
    for block in blocks:
        if block.kind == "heading":
            _heading(paper, block, new_page=chapters_on_new_pages and block.level == 2)
        elif block.kind == "table":
            _table(paper, block)
        elif block.kind in ("steps", "bullets"):
            _items(paper, block)
        else:
            _line(paper, block.text, ("Times", "I" if block.kind == "note" else "", TEXT_SIZE), 5.8)
            paper.ln(2)


def _heading(paper: Paper, block: Block, *, new_page: bool) -> None:
    if (new_page and paper.get_y() > 30) or paper.will_page_break(40):
        paper.add_page()
    large = block.level == 2
    paper.ln(1 if large else 2.5)
    paper.start_section(block.text, level=block.level - 2)
    _line(paper, block.text, ("Times", "B", 19 if large else 13), 10 if large else 7)
    paper.ln(3 if large and new_page else 0.5)


def _line(paper: Paper, text: str, font: tuple[str, str, int], height: float) -> None:
    paper.set_text_color(*INK)
    paper.set_font(font[0], font[1], font[2])
    paper.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT")


def _items(paper: Paper, block: Block) -> None:
    for number, (item,) in enumerate(block.rows, start=1):
        mark = f"{number}. " if block.kind == "steps" else "- "
        paper.set_x(31)
        _line(paper, mark + item, ("Times", "", TEXT_SIZE), 6)
    paper.ln(2)


def _table(paper: Paper, block: Block) -> None:
    paper.ln(1)
    if paper.will_page_break(9 * len(block.rows)):
        paper.add_page()
    paper.set_font("Helvetica", "", 9)
    paper.set_fill_color(255, 255, 255)
    paper.set_draw_color(*BRASS)
    heading = FontFace(emphasis="BOLD", color=INK, fill_color=MIST)
    with paper.table(
        headings_style=heading, line_height=6, padding=1, text_align="LEFT", borders_layout="HORIZONTAL_LINES"
    ) as table:
        for cells in block.rows:
            table.row(cells)
    paper.ln(4)
