"""Which documents a search may look into. Made by pages and commands, applied inside the search statement."""

from dataclasses import dataclass
from datetime import date

# only what was asked for becomes part of the statement, and only as bound values
_CLAUSES = {
    "documents": "id = ANY(CAST(:documents AS bigint[]))",
    "tags": "tags ?| CAST(:tags AS text[])",
    "types": "(lower(substring(coalesce(receipt -> 'source' ->> 'name', name) FROM '[^.]+$'))"
    " = ANY(CAST(:types AS text[])) OR media_type = ANY(CAST(:types AS text[])))",
    "since": "dated >= CAST(:since AS date)",
    "until": "dated <= CAST(:until AS date)",
}


@dataclass(frozen=True)
class Filter:
    """Documents that meet every condition given; no condition, no filter.

    One of the `tags` is enough. `types` are suffixes without a dot, or media types. A document without a
    date is in no period.
    """

    documents: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.values())

    def values(self) -> dict[str, object]:
        """What is bound to the statement."""
        given: dict[str, object] = {
            "documents": list(self.documents),
            "tags": list(self.tags),
            "types": [kind.lower().removeprefix(".") for kind in self.types],
            "since": self.since,
            "until": self.until,
        }
        return {name: value for name, value in given.items() if value}

    def allowed(self) -> str:
        """SQL: the ids of the library's documents that pass."""
        conditions = " AND ".join(_CLAUSES[name] for name in self.values())
        return f"""SELECT id FROM documents
            WHERE workspace_id = :workspace AND library_id = :library AND {conditions or "true"}"""


EVERYTHING = Filter()
