"""One would-be example of a training set, cut out of a table by a mapping. Used by quality and versions."""

from dataclasses import dataclass, field

from studio.training_sets.mapping import Mapping
from studio.training_sets.reading import Table


@dataclass(frozen=True)
class Candidate:
    """A prompt and its completion, trimmed; `number` is the row in the spreadsheet."""

    number: int
    prompt: str
    completion: str
    group: str = ""
    extra: dict[str, str] = field(default_factory=dict, compare=False)


def candidates(table: Table, mapping: Mapping) -> list[Candidate]:
    """Every row of the table as an example, good or bad."""
    at = {column: index for index, column in enumerate(table.columns)}
    numbers = table.row_numbers or range(2, len(table.rows) + 2)
    return [
        Candidate(
            number=number,
            prompt=row[at[mapping.prompt]].strip(),
            completion=row[at[mapping.completion]].strip(),
            group=row[at[mapping.group]].strip() if mapping.group else "",
            extra={column: row[at[column]] for column in mapping.metadata if row[at[column]]},
        )
        for number, row in zip(numbers, table.rows, strict=True)
    ]


def plain(text: str) -> str:
    """How texts are compared: case and white space do not make two questions different."""
    return " ".join(text.casefold().split())
