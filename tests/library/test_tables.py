"""What is understood of tables: numbers as written, where tables begin, what they say as a whole."""

import re
from pathlib import Path

import pytest

from studio.library.lengths import MOST_TOKENS, estimated_tokens
from studio.library.parse import parse_file
from studio.library.parse.amounts import read_days, read_numbers
from studio.library.parse.columns import read_column
from studio.library.parse.facts import table_facts
from studio.library.parse.grids import grid_of, separate
from studio.library.passages import split
from tests.library.samples import write_text, write_xlsx

HEADER = ["Part", "Kind", "Price", "Bought"]
ROWS = [
    ["Lid", "cover", "4.50", "2026-01-03"],
    ["Collar", "ring", "9.00", "2026-01-20"],
    ["Seal", "ring", "1.25", "2026-02-11"],
    ["Hood", "cover", "12.00", "2026-02-12"],
    ["Clip", "ring", "1.25", "2026-02-28"],
    ["Total", "", "28.00", ""],
]


def facts() -> str:
    return "\n".join(table_facts("Sheet Parts", HEADER, list(enumerate(ROWS, start=2))))


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234.50", "3"], [1234.5, 3]),
        (["1.234,50 €", "3 €"], [1234.5, 3]),
        (["1 234,5", "(12)"], [1234.5, -12]),
        (["1.234.567", "1.234"], [1234567, 1234]),
        (["12 %", "3%", ""], [12, 3, None]),
        (["USD 5", "-€3"], None),
        (["3 kg", "5 g"], None),
        (["007", "1.2.3"], [None, None]),
    ],
)
def test_numbers_are_read_as_people_write_them(cells: list[str], values: list[float | None] | None) -> None:
    found = read_numbers(cells)
    assert (found and found.values) == values


def test_dates_with_slashes_are_read_only_where_their_order_is_clear() -> None:
    assert [str(day) for day in read_days(["31/12/2024", "2/1/2025"])] == ["2024-12-31", "2025-01-02"]
    assert read_days(["1/2/2025", "3. 1. 2026"])[0] is None


def test_codes_and_years_are_not_added_up() -> None:
    assert read_column("Article no", ["4711", "4712", "4713"]).kind == "text"
    assert read_column("Year", ["2024", "2025", "2024", "2025"]).kind == "category"
    assert read_column("Pieces", ["4711", "4712", "4713"]).kind == "number"


def test_columns_that_number_the_rows_are_ordered_but_not_added_up() -> None:
    rows = [[str(1000 + n), str(70001 + 13 * n), str(n + 1), str(5 * n)] for n in range(12)]
    header = ["Order", "Artikelnr", "Line", "Order value"]
    said = "\n".join(table_facts("Sheet Orders", header, list(enumerate(rows, start=2))))
    assert "Order (text, 12 different, 1000 to 1011)" in said
    assert "Artikelnr (text, 12 different, 70001 to 70144); Line (text, 12 different, 1 to 12)" in said
    assert set(re.findall("column ([^,]+), all", said)) == {"Order value"}


def test_amounts_that_differ_are_added_up() -> None:
    assert read_column("Pieces", [str(n * n) for n in range(12)]).kind == "number"
    assert read_column("Price", [f"{n} €" for n in range(12)]).kind == "number"
    assert read_column("Number of parts", ["4", "9", "7", "8", "3"]).kind == "number"


def test_the_size_of_a_table_is_said_without_its_row_of_totals() -> None:
    assert "Sheet Parts as a whole: 5 rows (how many Parts altogether" in facts()


def test_totals_ranges_and_averages_name_their_rows() -> None:
    assert (
        "all Parts together): total (sum, altogether, how much money) 28.00; average (mean) 5.60" in facts()
    )
    assert "cheapest) 1.25 (Seal, Clip); highest" in facts()
    assert "most expensive) 12.00 (Hood)" in facts()


def test_rows_are_counted_and_added_up_by_category() -> None:
    assert "for each Kind, 2 different: ring 3; cover 2." in facts()
    assert "Kind ring: 3 rows (how many Parts, number, count); Price total 11.50, average 3.83" in facts()


def test_categories_are_compared_highest_total_first() -> None:
    said = "Price compared by Kind, which Kind has the most money, total (sum) and average (mean): "
    assert f"{said}all rows 28.00 and 5.60; cover 16.50 and 8.25; ring 11.50 and 3.83." in facts()


def test_the_rows_that_a_column_denies_are_called_as_people_ask_for_them() -> None:
    rows = [[f"Bill {n}", "no" if n % 3 else "yes", str(10 * n)] for n in range(12)]
    said = "\n".join(table_facts("Sheet Bills", ["Bill", "Paid", "EUR"], list(enumerate(rows, start=2))))
    assert "Paid no (not paid, unpaid): 8 rows (how many Bills, number, count); EUR total 480" in said


def test_of_many_rows_that_share_the_lowest_value_only_the_number_is_said() -> None:
    rows = [[f"Part {n}", "red" if n % 2 else "blue", str(n // 9)] for n in range(18)]
    said = "\n".join(table_facts("Sheet Parts", ["Part", "Kind", "Stock"], list(enumerate(rows, start=2))))
    assert "lowest (minimum, smallest) 0 (9 rows)" in said


def test_dates_have_ends_and_months() -> None:
    assert "earliest (first, oldest) 2026-01-03 (Lid); latest" in facts()
    assert "month of Bought, 2 different: February 2026 3; January 2026 2." in facts()


def test_every_sheet_passage_is_short_and_names_its_table(tmp_path: Path) -> None:
    rows = [[f"Part {n}", f"kind {n % 15}", n * 1.5, n % 7] for n in range(60)]
    path = write_xlsx(tmp_path / "a.xlsx", [["Part", "Kind", "Price", "Stock"], *rows])
    sheets = [piece for piece in split(parse_file(path, "a.xlsx")) if piece.kind == "sheet"]
    assert len(sheets) > 5
    assert all(piece.text.startswith("Sheet Prices") for piece in sheets)
    assert max(estimated_tokens(piece.text) for piece in sheets) <= MOST_TOKENS


def test_a_sheet_passage_is_at_no_row(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["Part", "Price"], *([f"p{n}", n] for n in range(6))])
    pieces = split(parse_file(path, "a.xlsx"))
    assert {(piece.kind, piece.place.row is None) for piece in pieces} == {("sheet", True), ("row", False)}


def test_numbers_in_rows_are_never_changed(tmp_path: Path) -> None:
    lines = "".join(f"part {n};1.23{n},50 €\n" for n in range(6))
    parsed = parse_file(write_text(tmp_path / "a.csv", f"Part;Price\n{lines}"), "a.csv")
    assert parsed.blocks[-1].text == "Part: part 5; Price: 1.235,50 €"
    assert any("total (sum, altogether, how much money) 7398,00 €" in block.text for block in parsed.blocks)


def test_title_rows_and_units_are_told_from_the_header() -> None:
    rows = [
        ["Prices 2026"],
        ["Part", "Price", "Weight"],
        ["", "EUR", "(kg)"],
        ["Lid", "4", "1.5"],
        ["Cap", "5", "2"],
    ]
    grid = grid_of(list(enumerate(rows, start=1)))
    assert [row for _, row in grid.above] == [["Prices 2026"]]
    assert grid.header == ["Part", "Price (EUR)", "Weight (kg)"]
    assert grid.rows[0] == (4, ["Lid", "4", "1.5"])


def test_data_in_the_first_row_is_no_header() -> None:
    assert not grid_of([(1, ["1", "red"]), (2, ["2", "blue"])]).has_header
    assert grid_of([(1, ["Region", "2024", "2025"]), (2, ["North", "5", "6"])]).has_header


def test_tables_beside_and_below_each_other_are_separated() -> None:
    rows = [
        (1, ["a", "b"]), (2, ["1", "2"]), (3, ["3", "4", "", "c", "d"]), (4, ["", "", "", "5", "6"]),
        (9, ["", "e", "f"]), (10, ["", "7", "8"]),
    ]  # fmt: skip
    assert [[row for _, row in part] for part in separate(rows)] == [
        [["a", "b"], ["1", "2"], ["3", "4"]],
        [["c", "d"], ["5", "6"]],
        [["", "e", "f"], ["", "7", "8"]],
    ]


def test_an_empty_row_does_not_end_a_table() -> None:
    assert len(separate([(1, ["a", "b"]), (2, ["1", "2"]), (5, ["3", "4"])])) == 1


def test_a_table_in_a_document_is_described_too(tmp_path: Path) -> None:
    lines = "".join(f"| part {n} | {n} |\n" for n in range(6))
    text = f"# Prices\n\n| Part | Price |\n|---|---|\n{lines}"
    kinds = [block.kind for block in parse_file(write_text(tmp_path / "a.md", text), "a.md").blocks]
    assert kinds == ["heading", "sheet", "sheet", "sheet", "table"]


def test_a_text_file_of_cells_is_read_as_a_table(tmp_path: Path) -> None:
    lines = "".join(f"{n}|red|x\n" for n in range(6))
    parsed = parse_file(write_text(tmp_path / "a.txt", f"no|colour|note\n{lines}"), "a.txt")
    assert parsed.blocks[-1].text == "no: 5; colour: red; note: x"
