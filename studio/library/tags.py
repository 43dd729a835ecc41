"""Tags: short words people give to documents, to search only some. Called by adding and documents."""

from collections.abc import Iterable

from studio.errors import BadInput

MOST_TAGS = 20
LONGEST_TAG = 50


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Without blanks and repetitions, in the order given."""
    tidy = [" ".join(part for part in tag.replace("\0", "").split()) for tag in tags]
    kept: dict[str, str] = {}
    for tag in tidy:
        if len(tag) > LONGEST_TAG:
            raise BadInput(f"A tag has at most {LONGEST_TAG} characters: {tag[:LONGEST_TAG]}…")
        if tag:
            kept.setdefault(tag.casefold(), tag)
    if len(kept) > MOST_TAGS:
        raise BadInput(f"A document has at most {MOST_TAGS} tags.")
    return tuple(kept.values())
