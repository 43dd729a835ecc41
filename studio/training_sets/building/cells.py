"""Questions on the cells of a table's row, as passages hold one: "Code: LP-1; Part: lantern pin; Price: 5".

Called by rules. English only, where a question is worded.
"""

import re

_CELL = re.compile(r"(?:^|; )([^:;\n]{1,60}): ")
_DOES = (
    "fits",
    "includes",
    "covers",
    "needs",
    "requires",
    "contains",
    "replaces",
    "holds",
    "uses",
    "supports",
)
_NOTES = ("note", "notes", "remark", "remarks", "comment", "comments")
_LITTLE = ("for", "from", "to", "in", "on", "by", "at", "with")


def asked_for(column: str, value: str, name: str) -> tuple[str, str]:
    """Question and answer on one cell: a column may be a thing, things, or what the row's thing does."""
    said, _, unit = column.removesuffix(")").partition(" (")
    said = said[:1].lower() + said[1:] if said[:2].istitle() else said
    first, ending, stop = said.split()[0], said.split()[-1], "" if value.endswith((".", "!", "?")) else "."
    if ending in _NOTES:
        return f"What is noted about {name}?", f"{name}: {value}{stop}"
    if first in _LITTLE and " " in said:
        return f"Which {said.partition(' ')[2]} is {name} {first}?", f"{name} is {first} {value}{stop}"
    if said in _DOES:
        return f"What does {name} {said.removesuffix('s')}?", f"{name} {said} {value}{stop}"
    if ending in _LITTLE:
        return f"What is {name} {said}?", f"{name} is {said} {value}{stop}"
    be = "are" if re.fullmatch(r"[a-z]{2,}[^siu]s", ending) else "is"
    measured = f" {unit}" if unit and value[-1:].isdigit() else ""
    asked = f"What {be} the {said} of {name}{f' in {unit}' if measured else ''}?"
    return asked, f"The {said} of {name} {be} {value}{measured}{stop}"


def cells_of(row: str) -> list[tuple[str, str]]:
    """Column and value of every cell that says something; none for the rest of a row that was cut."""
    marks = list(_CELL.finditer(row)) if _CELL.match(row) else []
    ends = [*(mark.start() for mark in marks[1:]), len(row)][: len(marks)]
    cells = [(mark[1].strip(), row[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]
    return [cell for cell in cells if any(letter.isalnum() for letter in cell[1])]
