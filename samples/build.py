"""Builds the sample documents and question files: python samples/build.py [--out FOLDER]."""

from __future__ import annotations

import argparse
import shutil
from datetime import UTC, datetime
from pathlib import Path

from office_files import write_word, write_workbook
from pdf_pages import write_book, write_sheet
from question_files import write_examples, write_questions
from source_text import SOURCE, read_blocks
from web_pages import write_page

WORD = {"warranty-policy": (2025, 1, 1), "returns-policy": (2026, 2, 1), "onboarding-guide": (2025, 9, 1)}
WEB = ("faq", "glossary")
AS_WRITTEN = (
    "service-bulletin-sb-21.md",
    "service-bulletin-sb-24.md",
    "change-notes.md",
    "minutes-2026-03-12.txt",
    "incident-report-ir-26-04.txt",
    "parts-compatibility.csv",
    "contacts.csv",
)
PRICE_SHEETS = {
    "Clocks and parts": "price-list-clocks-and-parts.csv",
    "Service and delivery": "price-list-service-and-delivery.csv",
}


def build_documents(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_book(read_blocks("handbook.md"), folder / "handbook.pdf", _day(2026, 1, 5))
    write_sheet(read_blocks("safety-sheet.md"), folder / "safety-sheet.pdf", _day(2026, 1, 8))
    for name, (year, month, day) in WORD.items():
        write_word(read_blocks(f"{name}.md"), folder / f"{name}.docx", _day(year, month, day))
    for name in WEB:
        write_page(read_blocks(f"{name}.md"), folder / f"{name}.html")
    write_workbook(PRICE_SHEETS, folder / "price-list.xlsx", _day(2026, 2, 1))
    for name in AS_WRITTEN:
        shutil.copyfile(SOURCE / name, folder / name)


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="default: samples/")
    out = parser.parse_args().out
    build_documents(out / "documents")
    write_examples(out / "examples.csv")
    write_questions(out / "questions.csv")
    print(f"Built the sample in {out}.")


if __name__ == "__main__":
    main()
