"""Tables in text files as people export them: titles above, quotes inside cells, cells of several lines."""

from pathlib import Path

import pytest

from studio.library.parse import parse_file
from studio.library.parse.blocks import ParsedDocument
from tests.library.samples import write_text


def read(folder: Path, content: str, name: str = "a.csv") -> ParsedDocument:
    return parse_file(write_text(folder / name, content), name)


def last_row(parsed: ParsedDocument) -> str:
    return parsed.blocks[-1].text


@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
@pytest.mark.parametrize("mark", [";", "|", "\t"])
def test_a_title_above_a_table_does_not_hide_how_it_is_separated(
    tmp_path: Path, name: str, mark: str
) -> None:
    lines = [["Code", "Part", "Price EUR"], *([f"K-{n}", f"Bolt, {n} mm", f"{n},50"] for n in range(6))]
    table = "".join(f"{mark.join(cells)}\n" for cells in lines)
    parsed = read(tmp_path, f"Prices, valid from 1 May\n{table}", name)
    assert last_row(parsed) == "Code: K-5; Part: Bolt, 5 mm; Price EUR: 5,50"
    assert parsed.blocks[0].text == "Prices, valid from 1 May"


def test_quotes_behind_inches_do_not_cost_the_table(tmp_path: Path) -> None:
    parsed = read(tmp_path, 'Pipe,Size,Price\nBend,"1/2"",3.10\nCap,"2" wide",4.40\n')
    assert [block.text for block in parsed.blocks] == [
        'Pipe: Bend; Size: 1/2"; Price: 3.10',
        'Pipe: Cap; Size: 2" wide; Price: 4.40',
    ]
    assert "not written twice" in parsed.warnings[0]


def test_a_row_has_the_number_that_a_spreadsheet_program_shows(tmp_path: Path) -> None:
    parsed = read(tmp_path, 'Name,Address\nIda,"1 Elm Row\nHull"\n\nOle,"2 Oak Row\nYork"\n')
    assert [block.place.row for block in parsed.blocks] == [2, 4]


def test_a_first_line_that_declares_the_separator_is_no_row(tmp_path: Path) -> None:
    parsed = read(tmp_path, "sep=;\nPart;Price\nLid;4,50\n")
    assert [block.text for block in parsed.blocks] == ["Part: Lid; Price: 4,50"]


def test_prose_with_two_semicolons_in_a_line_or_two_is_no_table(tmp_path: Path) -> None:
    lines = ["Rinse it; dry it; close it.", "Then wait.", "Oil it; turn it; lock it.", "Sign here.", "Go."]
    assert last_row(read(tmp_path, "\n".join(lines), "a.txt")).endswith("Go.")


def test_a_few_damaged_characters_do_not_cost_the_document(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(
        "Žiadosť sa podáva písomne.\n\nÚrad čaká; ľudia čakajú.\n\n".encode() * 3 + b"Caf\xe9.\n"
    )
    parsed = parse_file(path, "a.md")
    assert parsed.text.endswith("Caf�.") and "Žiadosť" in parsed.text
    assert "damaged, first on line 13" in parsed.warnings[0]
