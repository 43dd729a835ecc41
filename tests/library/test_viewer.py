"""The source viewer shows a passage where it stands in the original."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.library.places import Place
from studio.library.viewing.page_images import page_count, page_image
from studio.library.viewing.table_rows import table_around

SAMPLES_FOLDER = Path(__file__).resolve().parents[2] / "samples" / "documents"

HANDBOOK = SAMPLES_FOLDER / "handbook.pdf"
PRICES = SAMPLES_FOLDER / "price-list.xlsx"


def picture(page, boxes=(), close_up=False, quoted=()):
    return Image.open(io.BytesIO(page_image(HANDBOOK, "handbook.pdf", page, (boxes, quoted), close_up)))


def yellow(image):
    red, green, blue = np.asarray(image.convert("RGB"), dtype=int).transpose(2, 0, 1)
    return int(((red > 240) & (green > 220) & (blue < 160)).sum())


def amber(image):
    red, green, blue = np.asarray(image.convert("RGB"), dtype=int).transpose(2, 0, 1)
    return int(((red > 240) & (green > 170) & (green < 210) & (blue < 110)).sum())


def test_only_the_page_of_the_passage_is_marked():
    boxes = ((3, 72.0, 600.0, 300.0, 620.0),)
    assert yellow(picture(3, boxes)) > 1000
    assert yellow(picture(4, boxes)) == 0


def test_a_close_up_shows_the_passage_larger_and_little_else():
    boxes = ((3, 72.0, 600.0, 300.0, 620.0),)
    whole, close = picture(3, boxes), picture(3, boxes, close_up=True)
    assert yellow(close) > 2 * yellow(whole)
    assert close.height < whole.height / 3


def test_what_an_answer_rests_on_is_marked_more_strongly():
    boxes = ((3, 72.0, 600.0, 300.0, 620.0), (3, 72.0, 560.0, 300.0, 580.0))
    seen = picture(3, boxes, quoted=boxes[1:])
    assert amber(seen) > 1000 < yellow(seen)
    assert amber(picture(3, boxes)) == 0


def test_all_pages_can_be_turned_to():
    last = page_count(HANDBOOK, "handbook.pdf")
    assert picture(last).width > 500


def test_a_row_stands_under_its_header_between_its_neighbours():
    seen = table_around(PRICES, "price-list.xlsx", Place(0, 0, sheet="Clocks and parts", row=26))
    chosen = [row for row in seen.rows if row.chosen]
    assert [row.number for row in chosen] == [26]
    assert dict(zip(seen.header, chosen[0].cells, strict=True))["Code"] == "TW-3"
    assert len(seen.rows) == 9


def test_a_passage_about_a_whole_sheet_shows_its_first_rows():
    seen = table_around(PRICES, "price-list.xlsx", Place(0, 0, sheet="Clocks and parts"))
    assert not any(row.chosen for row in seen.rows)
    assert seen.total > len(seen.rows)


def test_a_file_without_sheets_has_no_table():
    assert table_around(HANDBOOK, "handbook.pdf", Place(0, 10)) is None


def test_a_row_that_the_file_does_not_have_is_no_table():
    assert table_around(PRICES, "price-list.xlsx", Place(0, 0, sheet="Clocks and parts", row=9999)) is None


@pytest.mark.parametrize("row", [("a", "b"), ("a",), ("a", "b", "c")])
def test_rows_of_any_width_fill_the_columns(tmp_path, row):
    path = tmp_path / "t.csv"
    path.write_text("one,two\nx,y\n" + ",".join(row) + "\n")
    seen = table_around(path, "t.csv", Place(0, 0, row=2))
    assert {len(one.cells) for one in seen.rows} == {len(seen.header)}
