import gzip
import io
import zipfile

import openpyxl
import pytest

from studio.errors import BadInput
from studio.training_sets.reading import read_table


def zipped(entry):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr(entry, "<x/>")
    return archive.getvalue()


@pytest.fixture
def read(tmp_path):
    def of(content, name="pairs.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_table(tmp_path / name, name)

    return of


@pytest.fixture
def refusal(read):
    def of(content, name="pairs.csv"):
        with pytest.raises(BadInput) as caught:
            read(content, name)
        return str(caught.value)

    return of


def test_everything_stays_the_text_it_is(read):
    table = read("q,a\n007,1.10\nNA,null\nTRUE,1e5\n=1+1,nan\n")
    assert table.rows == [["007", "1.10"], ["NA", "null"], ["TRUE", "1e5"], ["=1+1", "nan"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter, read):
    table = read(
        f"question{delimiter}answer\nHow far, really?{delimiter}Two; or three\n".replace(
            "How far, really?", '"How far, really?"'
        ).replace("Two; or three", '"Two; or three"')
    )
    assert table.delimiter == delimiter
    assert table.rows == [["How far, really?", "Two; or three"]]


def test_a_delimiter_declared_by_excel_is_used_and_is_no_row(read):
    table = read("sep=;\nquestion;answer\nWhy, then?;So, and so\n")
    assert (table.columns, table.rows) == (["question", "answer"], [["Why, then?", "So, and so"]])


def test_line_breaks_inside_quotes_are_kept(read):
    assert read('q,a\n"one\ntwo","three\r\nfour"\n').rows == [["one\ntwo", "three\r\nfour"]]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_encoding_is_found(codec, read):
    table = read("question,answer\nWie heißt er?,Jürgen\nUnd sie?,Zoë\n".encode(codec))
    assert table.columns == ["question", "answer"]
    assert table.rows[0] == ["Wie heißt er?", "Jürgen"]


def test_a_windows_file_is_noted_with_the_line_that_told(read):
    assert "Line 3" in read("q,a\nx,y\nz,é\n".encode("cp1252")).notes[0]


def test_header_names_are_trimmed_and_made_different(read):
    table = read(" question ,answer,answer,\na,b,c,d\n")
    assert table.columns == ["question", "answer", "answer 2", "column 4"]
    assert any("twice" in note for note in table.notes)


def test_blank_lines_are_left_out_and_rows_keep_their_spreadsheet_number(read):
    table = read("q,a\n\nx,y\n\n\nz,w\n")
    assert table.row_numbers == [3, 6]
    assert "3 blank lines left out." in table.notes


def test_old_mac_line_ends_are_read(read):
    assert read("q,a\rx,y\rz,w\r").rows == [["x", "y"], ["z", "w"]]


def test_a_ten_megabyte_cell_is_read(read):
    assert len(read(f"q,a\nx,{'word ' * 2_000_000}\n").rows[0][1]) == 10_000_000


def test_backslash_quotes_are_read_and_noted(read):
    table = read('q,a\n1,"say \\"yes\\" now"\n')
    assert table.rows == [["1", 'say "yes" now']]
    assert table.notes


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n  \n"])
def test_an_empty_file_is_refused(content, refusal):
    assert refusal(content) == "pairs.csv is empty."


def test_a_header_alone_is_refused(refusal):
    assert "header and no rows" in refusal("question,answer\n")


def test_one_column_is_read_as_it_may_be_plain_text(read):
    assert read("text\nonce upon a time\n").rows == [["once upon a time"]]


def test_every_row_one_field_too_long_is_refused(refusal):
    assert "names 2 columns, the rows have 3" in refusal("q,a\n1,2,3\n4,5,6\n")


def test_rows_of_other_width_are_refused_with_their_lines(refusal):
    said = refusal('q,a\n"x\ny",2\n1,2,3\n4\n')
    assert "line 4 has 3" in said
    assert "line 5 has 1" in said


def test_an_open_quote_is_refused_with_the_line_where_it_opened(refusal):
    assert "starts on line 3" in refusal('q,a\nx,y\nz,"never closed\nv,w\n')


def test_a_nul_character_is_refused_with_its_line(refusal):
    assert "line 3" in refusal("q,a\nx,y\nz,a\0b\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped("xl/workbook.xml"), "Excel"),
        (zipped("word/document.xml"), "Word"),
        (zipped("data.csv"), "ZIP"),
        (b"PK\x03\x04 broken", "ZIP"),
        # Without its time in it: the test is named by its content, and both workers must name it alike.
        (gzip.compress(b"q,a\n1,2\n", mtime=0), "gzip"),
        (b"\xd0\xcf\x11\xe0....", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><html><table>", "web page"),
        (b'[{"question": "x", "answer": "y"}]', "JSON"),
        (b'{"question": "x", "answer": "y"}\n{"question": "x", "answer": "y"}\n', "JSON"),
    ],
)
def test_other_formats_renamed_to_csv_are_named(content, said, refusal):
    assert said in refusal(content)


def test_a_header_that_is_an_example_is_asked_about(read):
    assert any(
        "looks like an example" in note for note in read("How far is it?,Two miles\nWhen?,Soon\n").notes
    )


def test_a_workbook_is_read_as_text(tmp_path):
    book = openpyxl.Workbook()
    for row in (["question", "answer"], ["How many?", 7], ["Ratio?", 1.5], ["Open?", True]):
        book.active.append(row)
    book.save(tmp_path / "pairs.xlsx")
    table = read_table(tmp_path / "pairs.xlsx", "pairs.xlsx")
    assert table.columns == ["question", "answer"]
    assert [row[1] for row in table.rows] == ["7", "1.5", "TRUE"]


def test_a_damaged_workbook_is_refused(tmp_path):
    (tmp_path / "pairs.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(BadInput, match="damaged"):
        read_table(tmp_path / "pairs.xlsx", "pairs.xlsx")
