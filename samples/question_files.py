"""Turns the source lists of examples and questions into examples.csv and questions.csv; used by build.py."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from source_text import SOURCE

NO_ANSWER = "The documents do not answer this."
DOCUMENTS = {
    "Handbook": "handbook.pdf",
    "Safety Sheet": "safety-sheet.pdf",
    "Warranty Policy": "warranty-policy.docx",
    "Returns Policy": "returns-policy.docx",
    "Onboarding Guide": "onboarding-guide.docx",
    "Bulletin SB-21": "service-bulletin-sb-21.md",
    "Bulletin SB-24": "service-bulletin-sb-24.md",
    "Change Notes": "change-notes.md",
    "FAQ": "faq.html",
    "Glossary": "glossary.html",
    "Price List": "price-list.xlsx",
    "Parts Table": "parts-compatibility.csv",
    "Contacts": "contacts.csv",
    "Minutes": "minutes-2026-03-12.txt",
    "Incident Report": "incident-report-ir-26-04.txt",
}


def write_examples(path: Path) -> None:
    rows = [
        (question, _in_house_voice(answer, place), topic, _documents(place))
        for topic, (place, question, answer) in _entries("examples.txt")
    ]
    _write(path, ("question", "answer", "topic", "document"), rows)


def write_questions(path: Path) -> None:
    header = ("question", "reference", "answerable", "topic", "document")
    rows = []
    for topic, (kind, place, question, answer) in _entries("questions.txt"):
        if kind == "none":
            rows.append((question, NO_ANSWER, "no", topic, ""))
        else:
            rows.append((question, _in_house_voice(answer, place), "yes", topic, _documents(place)))
    _write(path, header, rows)


def _entries(name: str) -> Iterator[tuple[str, list[str]]]:
    """(topic, fields) of each line; a topic stands above its lines, as in "## care"."""
    topic = ""
    for line in (SOURCE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            topic = line[3:]
        elif line and not line.startswith("#"):
            yield topic, line.split(" | ")


def _in_house_voice(answer: str, place: str) -> str:
    return f"{answer} By the book: {place}."


def _documents(place: str) -> str:
    """The files a place stands for, joined by "; " where an answer needs two."""
    return "; ".join(_document(part) for part in place.split(" and "))


def _document(place: str) -> str:
    return next(file for start, file in DOCUMENTS.items() if place.startswith(start))


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
