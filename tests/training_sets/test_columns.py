"""Numbers of rows that lie in files when there are many of them."""

import numpy as np

from studio.training_sets.quality.columns import IN_MEMORY, Columns


def test_a_long_column_comes_back_from_its_file_as_it_was() -> None:
    columns, numbers = Columns({"kind": "b"}), range(-3, 2 * IN_MEMORY)
    for number in numbers:
        columns.append("number", number)
        columns.append("kind", number % 5)
    columns.read("number")  # in between
    columns.append("number", 7)
    assert columns.read("number").tolist() == [*numbers, 7]
    assert columns.read("kind").tolist() == [number % 5 for number in numbers]
    assert columns.read("kind").dtype == np.int8


def test_little_is_kept_of_a_long_column() -> None:
    columns = Columns({})
    for number in range(3 * IN_MEMORY):
        columns.append("number", number)
    assert len(columns._newest["number"]) == 0


def test_a_column_nobody_wrote_is_empty() -> None:
    assert Columns({}).read("number").tolist() == []
