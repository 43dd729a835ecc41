"""`search`, `measure`: passages found, and how well a library finds what it should."""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.commands import arguments
from studio.errors import BadInput
from studio.library.finding.search import Hit, SearchOptions, find_passages, find_passages_for_many
from studio.library.libraries import find_library, get_library
from studio.library.quality.measuring import Measurement, measure_library
from studio.library.quality.questions import read_team_questions, save_questions
from studio.store.database import Workspace

QUERIES_AT_ONCE = 256  # embedded and searched between two lines of output


def register(commands: "arguments.Commands[argparse.ArgumentParser]") -> None:
    """Add the commands about finding."""
    search = arguments.add(commands, "search", "find passages", run_search)
    search.add_argument("question", nargs="?")
    search.add_argument(
        "--queries", metavar="FILE", help='a .jsonl of {"_id","text"}: one line of JSON for each'
    )
    search.add_argument("--limit", type=int, default=10)
    search.add_argument(
        "--passages", action="store_true", help="with --queries: every passage, not one a document"
    )
    search.add_argument(
        "--dense-weight", type=float, metavar="W", help="0: words alone, 1: meaning alone (default: measured)"
    )
    measure = arguments.add(commands, "measure", "measure what a library finds, and search so", run_measure)
    measure.add_argument(
        "--questions", metavar="FILE", help="the team's questions to keep: columns question and documents"
    )
    for parser in (search, measure):
        parser.add_argument("--library", required=True, metavar="NAME")


def run_search(given: argparse.Namespace) -> int:
    """One question, or a file of them; --queries always prints one line of JSON for each query."""
    options = SearchOptions(dense_weight=_weight(given.dense_weight))
    if given.limit < 1:
        raise BadInput("--limit must be 1 or more.")
    room = arguments.open_room(given)
    library = find_library(room, given.library)
    if given.queries:
        for line in _found(given, room, library.id, options):
            print(json.dumps(line, ensure_ascii=False), flush=True)
        return 0
    if not given.question:
        raise BadInput("Give a question, or a file of them.")
    hits = find_passages(room, library.id, given.question, limit=given.limit, options=options)
    lines = [f"{hit.score:6.2f}  {hit.document}, {hit.where}\n        {_short(hit.text)}" for hit in hits]
    weight = library.dense_weight if options.dense_weight is None else options.dense_weight
    result = {
        "question": given.question,
        "dense_weight": weight,
        "results": [asdict(hit) for hit in hits],
    }
    arguments.show(given, result, "\n".join(lines) or "Nothing was found.")
    return 0


def run_measure(given: argparse.Namespace) -> int:
    """Measure, keep the weight that found most, and show the figures of all."""
    room = arguments.open_room(given)
    library = find_library(room, given.library)
    if given.questions:
        save_questions(room, library.id, read_team_questions(Path(given.questions)))
    measured = measure_library(room, library.id)
    weight = get_library(room, library.id).dense_weight
    arguments.show(given, {**asdict(measured), "dense_weight": weight}, _table(measured, weight))
    return 0


def _weight(given: float | None) -> float | None:
    if given is not None and not 0 <= given <= 1:
        raise BadInput(f"--dense-weight goes from 0 to 1, not {given}.")
    return given


def _found(
    given: argparse.Namespace, room: Workspace, library_id: int, options: SearchOptions
) -> Iterator[dict[str, Any]]:
    queries = _read_queries(Path(given.queries))
    depth = given.limit if given.passages else 4 * given.limit
    for at in range(0, len(queries), QUERIES_AT_ONCE):
        part = queries[at : at + QUERIES_AT_ONCE]
        texts = [query["text"] for query in part]
        found = find_passages_for_many(room, library_id, texts, depth, options=options)
        for query, hits in zip(part, found, strict=True):
            kept = hits if given.passages else _one_each(hits)
            yield {"_id": query["_id"], "results": [_result(hit) for hit in kept[: given.limit]]}


def _read_queries(path: Path) -> list[dict[str, str]]:
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8-sig").split("\n") if line.strip()]
        return [{"_id": str(row["_id"]), "text": str(row["text"])} for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f'{path} must be a .jsonl file with rows {{"_id": …, "text": …}}.') from error


def _result(hit: Hit) -> dict[str, Any]:
    return {"document": _document(hit), "passage": hit.passage_id, "score": hit.score}


def _document(hit: Hit) -> str:
    return hit.external_id or hit.document


def _one_each(hits: Sequence[Hit]) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(_document(hit), hit)
    return list(best.values())


def _table(measured: Measurement, weight: float) -> str:
    if not measured.settings:
        return f"Too little to measure on; meaning weighs {weight:.2f}."
    whose = "the team's" if measured.origin == "team" else "made-up"
    lines = [
        f"{measured.questions} {whose} questions",
        "setting             nDCG@10   95 %         hit@1  hit@5    MRR",
    ]
    for one in measured.settings:
        between = "" if one.ndcg_low is None else f"{one.ndcg_low:.2f} to {one.ndcg_high:.2f}"
        figures = f"{one.ndcg:7.3f}   {between:12} {one.hit_at_1:5.2f}  {one.hit_at_5:5.2f}  {one.mrr:5.2f}"
        lines.append(f"{one.name:18} {figures}")
    return "\n".join([*lines, f"Meaning weighs {weight:.2f} in this library's searches from now on."])


def _short(text: str) -> str:
    return " ".join(text.split())[:160]
