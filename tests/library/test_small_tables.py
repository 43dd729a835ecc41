"""A small table of a document is kept as lines of text and shown as the table it was."""

from hypothesis import given
from hypothesis import strategies as some

from studio.library.parse.blocks import DocumentText
from studio.library.parse.tables import add_table, whole_table
from studio.library.viewing.small_tables import parts_of

CELLS = some.text("ab 1€|", max_size=4).map(lambda text: " ".join(text.replace("|", "/").split()))
TABLE = "Boat | Day\nSkiff | 9\nRaft |"


def text_of(rows: list[list[str]]) -> str:
    document = DocumentText()
    add_table(document, rows)
    return document.blocks[-1].text


@given(some.lists(some.lists(CELLS, min_size=3, max_size=3), min_size=2, max_size=4))
def test_what_is_written_as_lines_is_read_back(rows):
    filled = [row for row in rows if any(row)]
    if len(filled) > 1:
        assert whole_table(text_of(filled)) == filled


def test_text_with_a_bar_here_and_there_is_no_table():
    assert whole_table("Home | Prices | Contact") is None
    assert whole_table("either | or\nneither nor") is None
    assert whole_table("a|b\nc|d") is None


def test_parts_stand_where_they_are_in_the_text():
    text = f"Rates.\n\nPer boat:\n\n{TABLE}\n\nAsk Ida."
    parts = parts_of(text)
    assert [part.table is not None for part in parts] == [False, True, False]
    assert all(text[part.start :].startswith(part.text) for part in parts)


def test_rows_know_their_characters():
    text = f"Rates.\n\n{TABLE}"
    table = parts_of(text)[1].table
    assert table.header == ("Boat", "Day")
    assert [text[slice(*row.at)] for row in table.rows] == ["Skiff | 9", "Raft |"]


def test_a_table_without_names_keeps_its_first_row():
    table = parts_of("12 | 3.5\n14 | 4.5\n19 | 8.0")[0].table
    assert (table.header, len(table.rows)) == ((), 3)
