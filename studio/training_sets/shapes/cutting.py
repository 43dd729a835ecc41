"""Cuts the rows of a table into examples as a mapping says. Used by quality, imports and commands."""

from collections.abc import Iterator

from studio.training_sets.examples import Candidate
from studio.training_sets.shapes.mapping import Mapping, Rows


def candidates(table: Rows, mapping: Mapping) -> Iterator[Candidate]:
    """Every row of the table as an example, good or bad."""
    at = {column: index for index, column in enumerate(table.columns)}

    def cell(row: list[str], column: str | None) -> str:
        return row[at[column]].strip() if column else ""

    for number, row in table.numbered():
        yield Candidate(
            number=number,
            prompt=cell(row, mapping.prompt),
            completion=cell(row, mapping.completion),
            group=cell(row, mapping.group),
            extra={column: row[at[column]] for column in mapping.metadata if row[at[column]]},
        )
