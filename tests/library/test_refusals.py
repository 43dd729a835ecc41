"""Files that cannot be used are refused with one sentence that says what to do."""

import zipfile
from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.library.parse import parse_file
from studio.library.parse.precheck import check_readable
from tests.library.samples import write_docx, write_pdf, write_text


def refusal(path: Path, name: str | None = None) -> str:
    with pytest.raises(BadInput) as problem:
        check_readable(path, name or path.name)
        parse_file(path, name or path.name)
    return str(problem.value)


def test_an_empty_file(tmp_path: Path) -> None:
    assert refusal(write_text(tmp_path / "a.txt", "")) == "a.txt is empty."


def test_a_text_without_words(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"a\.txt has no text that can be read\."):
        check_readable(write_text(tmp_path / "a.txt", " \n\n "), "a.txt")


def test_an_unknown_format_lists_the_known_ones(tmp_path: Path) -> None:
    assert "It reads PDF, Word" in refusal(write_text(tmp_path / "a.xyz", "text"))


def test_a_word_file_named_pdf(tmp_path: Path) -> None:
    assert "is not a PDF, as its name says, but a Word document" in refusal(
        write_docx(tmp_path / "a.docx"), "a.pdf"
    )


def test_text_named_docx(tmp_path: Path) -> None:
    assert "damaged or not a Word document" in refusal(write_text(tmp_path / "a.docx", "just text"))


def test_a_web_page_named_csv(tmp_path: Path) -> None:
    assert "is a web page" in refusal(write_text(tmp_path / "a.csv", "<!DOCTYPE html><p>hi</p>"))


def test_a_password_protected_pdf(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [[(12, "Secret.")]], password="open sesame")
    assert "password-protected" in refusal(path)


def test_a_pdf_without_text(tmp_path: Path) -> None:
    assert "0 characters on 2 pages: it looks scanned" in refusal(write_pdf(tmp_path / "a.pdf", [[], []]))
    assert "0 characters on 1 page: it looks scanned" in refusal(write_pdf(tmp_path / "b.pdf", [[]]))


def test_a_damaged_pdf(tmp_path: Path) -> None:
    assert "is damaged" in refusal(write_text(tmp_path / "a.pdf", "%PDF-1.7\nnothing more"))


def test_an_old_word_file(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert "old Office format" in refusal(path)


def test_a_truncated_word_file(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx")
    path.write_bytes(path.read_bytes()[:2000])
    assert "damaged" in refusal(path)


def test_an_archive_that_unpacks_to_far_too_much(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 20_000_000)
    assert "would unpack to 20 MB" in refusal(path)


def test_a_table_whose_every_row_is_one_field_too_long(tmp_path: Path) -> None:
    assert "one field more than the header (3 instead of 2)" in refusal(
        write_text(tmp_path / "a.csv", "a,b\n1,2,3\n4,5,6\n")
    )


def test_a_binary_file_named_txt(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc\0\0\1\2def")
    assert "not a text file" in refusal(path)


def test_a_damaged_page_does_not_cost_the_others(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [[(12, "First page.")], [(12, "Second page.")]])
    data = path.read_bytes()
    pages = [at for at in range(len(data)) if data.startswith(b"/Type /Page\n", at)]
    path.write_bytes(data[: pages[0]] + b"/Type /Pxge\n" + data[pages[0] + 12 :])
    parsed = parse_file(path, "a.pdf")
    assert "Second page." in parsed.text
