"""Public questions with the documents that answer them, read from a folder of public data.

Called by bench.retrieval and by the test of fusion on real text. Nothing in the studio knows these sets.
"""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from studio.library.parse import jsonl, parse_file
from studio.library.parse.blocks import ParsedDocument
from studio.library.parse.jsonl import Row

MEDQUAD, PUBMEDQA, XQUAD, SLOVAK = "medquad", "pubmedqa", "xquad", "sk_project_operations"


@dataclass(frozen=True)
class Source:
    """A document as the studio reads it; `title` is what stands above its text for any search program."""

    name: str
    title: str
    parsed: ParsedDocument


@dataclass(frozen=True)
class RetrievalSet:
    """`questions`: what is asked, and the names of the documents that answer it."""

    name: str
    language: str
    documents: list[Source]
    questions: list[tuple[str, frozenset[str]]]


def read_sets(folder: Path) -> list[RetrievalSet]:
    """All sets of the bench."""
    return [medquad(folder), pubmedqa(folder), xquad(folder, "en"), xquad(folder, "de"), *slovak(folder)]


def medquad(folder: Path) -> RetrievalSet:
    """Health pages; a question that was asked of several pages is answered by each of them."""
    with (folder / MEDQUAD / "pages.jsonl").open(encoding="utf-8") as file:
        pages = [_row(page["_id"], page["title"], page["text"]) for page in map(json.loads, file)]
    with (folder / MEDQUAD / "questions.csv").open(encoding="utf-8", newline="") as file:
        asked = [(row["question"], row["page_id"]) for row in csv.DictReader(file)]
    return RetrievalSet(MEDQUAD, "english", pages, _gathered(asked))


def pubmedqa(folder: Path) -> RetrievalSet:
    """Research questions and the abstracts they were taken from."""
    entries = json.loads((folder / PUBMEDQA / "ori_pqal.json").read_text(encoding="utf-8"))
    abstracts = [_row(key, "", " ".join(entry["CONTEXTS"])) for key, entry in entries.items()]
    asked = [(entry["QUESTION"], key) for key, entry in entries.items()]
    return RetrievalSet(PUBMEDQA, "english", abstracts, _gathered(asked))


def xquad(folder: Path, language: str) -> RetrievalSet:
    """Paragraphs of Wikipedia without their titles, and questions about each."""
    read = json.loads((folder / XQUAD / f"xquad.{language}.json").read_text(encoding="utf-8"))
    paragraphs, asked = [], []
    for a, article in enumerate(read["data"]):
        for p, paragraph in enumerate(article["paragraphs"]):
            paragraphs.append(_row(f"{a}-{p}", "", paragraph["context"]))
            asked += [(one["question"], f"{a}-{p}") for one in paragraph["qas"]]
    names = {"en": "english", "de": "german"}
    return RetrievalSet(f"{XQUAD}, {language}", names[language], paragraphs, _gathered(asked))


def slovak(folder: Path) -> list[RetrievalSet]:
    """Slovak product documentation, asked with Czech titles, Czech descriptions and Slovak headings."""
    home = folder / SLOVAK / "sk"
    pages = [_page(home, path) for path in sorted(home.rglob("*.md"))]
    czech = [(_front_matter(folder / SLOVAK / "cs" / page.name), page.name) for page in pages]
    headings = [
        (block.text, page.name)
        for page in pages
        for block in page.parsed.blocks
        if block.kind == "heading" and len(block.text.split()) > 1
    ]
    asked = {
        "Czech title": [(said["title"], name) for said, name in czech if "title" in said],
        "Czech description": [(said["description"], name) for said, name in czech if "description" in said],
        "Slovak heading": headings,
    }
    return [RetrievalSet(f"{SLOVAK}, {k}", "slovak", pages, _gathered(v)) for k, v in asked.items()]


def _page(home: Path, path: Path) -> Source:
    name = path.relative_to(home).as_posix()
    parsed = parse_file(path, name)
    return Source(name, parsed.title, parsed)


def _front_matter(path: Path) -> dict[str, str]:
    """`key: value` lines between the first two lines of dashes."""
    if not path.exists():
        return {}
    _, _, rest = path.read_text(encoding="utf-8-sig").partition("---\n")
    lines = [line.partition(": ") for line in rest.partition("\n---")[0].splitlines()]
    return {key: value.strip().strip("'\"") for key, colon, value in lines if colon and value.strip()}


def _row(name: str, title: str, text: str) -> Source:
    return Source(name, title, jsonl.parse_row(Row(1, name, title, text)))


def _gathered(asked: Iterable[tuple[str, str]]) -> list[tuple[str, frozenset[str]]]:
    together: dict[str, set[str]] = {}
    for question, name in asked:
        together.setdefault(" ".join(question.split()), set()).add(name)
    return [(question, frozenset(names)) for question, names in together.items()]
