"""Rows of a table leave room for what is said of it as a whole."""

from dataclasses import dataclass

from studio.library.finding.sheets import make_room


@dataclass(frozen=True)
class Found:
    kind: str
    document_id: int
    name: str


def found(*names: str) -> list[Found]:
    """ "r1" is a row of document 1, "s1" a sheet passage of it, "t2" text of document 2."""
    kinds = {"r": "row", "s": "sheet", "t": "text"}
    return [Found(kinds[name[0]], int(name[1]), name) for name in names]


def shown(hits: list[Found], limit: int) -> list[str]:
    return [hit.name for hit in make_room(hits, limit)]


def test_the_last_rows_give_way_to_the_best_sheet_passages() -> None:
    hits = found("r1a", "r1b", "r1c", "r1d", "r1e", "s1a", "s1b", "s1c")
    assert shown(hits, 5) == ["r1a", "r1b", "r1c", "s1a", "s1b"]


def test_two_rows_stay_whatever_comes_after() -> None:
    assert shown(found("r1a", "r1b", "s1a"), 2) == ["r1a", "r1b"]


def test_text_and_rows_of_other_documents_never_give_way() -> None:
    hits = found("t2a", "r1a", "r1b", "r3a", "s1a", "s2a")
    assert shown(hits, 4) == ["t2a", "r1a", "r1b", "r3a"]


def test_sheet_passages_already_found_count() -> None:
    hits = found("s1a", "s1b", "r1a", "r1b", "r1c", "s1c")
    assert shown(hits, 5) == ["s1a", "s1b", "r1a", "r1b", "r1c"]
