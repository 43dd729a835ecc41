"""PowerPoint, OpenDocument, e-mail and the less usual Word and Excel files."""

from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement

from studio.errors import BadInput
from studio.library.parse import layout, parse_file
from tests.library.packages import make_strict, shape, table, write_form, write_odt, write_package, write_pptx
from tests.library.samples import write_docx, write_text, write_xlsx

MAIL = (
    "From: Ada <ada@example.com>\nTo: Bob <bob@example.com>\nSubject: Pump order\n"
    "Date: Mon, 02 Mar 2026 10:00:00 +0100\nMIME-Version: 1.0\n"
    'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nPlease send two pumps.\n'
    '--x\nContent-Type: text/csv\nContent-Disposition: attachment; filename="list.csv"\n\na,b\n--x--\n'
)


def blocks(path: Path) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in parse_file(path, path.name).blocks]


def test_slides_come_in_the_order_they_are_shown(tmp_path: Path) -> None:
    path = write_pptx(tmp_path / "a.pptx", [shape("title", "First"), shape("title", "Second")])
    assert [text for _, text in blocks(path)] == ["First", "Second"]


def test_text_of_a_slide_has_its_title_as_heading_and_its_number_as_page(tmp_path: Path) -> None:
    slides = [shape("title", "Pumps"), shape("body", "Rinse weekly.") + shape("title", "Care")]
    block = parse_file(write_pptx(tmp_path / "a.pptx", slides), "a.pptx").blocks[-1]
    assert (block.text, block.heading_path, block.place.page) == ("Rinse weekly.", ("Care",), 2)


def test_a_slide_without_title_does_not_stand_under_the_one_before(tmp_path: Path) -> None:
    slides = [shape("title", "Pumps"), shape("body", "Rinse weekly.")]
    assert parse_file(write_pptx(tmp_path / "a.pptx", slides), "a.pptx").blocks[-1].heading_path == (
        "Slide 2",
    )


def test_tables_and_notes_of_a_slide_are_read_but_not_its_number(tmp_path: Path) -> None:
    slide = shape("title", "Pumps") + table([["Part", "Price"], ["Lid", "4"]]) + shape("sldNum", "17")
    path = write_pptx(tmp_path / "a.pptx", [slide], notes="Say it slowly.")
    assert blocks(path)[1:] == [("table", "Part | Price\nLid | 4"), ("paragraph", "Say it slowly.")]


def test_open_document_headings_lists_and_tables_are_read(tmp_path: Path) -> None:
    body = (
        '<text:h text:outline-level="1">Pump</text:h><text:p>Rinse<text:s/>it.</text:p>'
        "<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>"
        '<table:table><table:table-row><table:table-cell table:number-columns-repeated="2">'
        "<text:p>x</text:p></table:table-cell></table:table-row></table:table>"
    )
    found = blocks(write_odt(tmp_path / "a.odt", body))
    assert found == [("heading", "Pump"), ("paragraph", "Rinse it."), ("list", "- one"), ("table", "x | x")]


def test_an_entity_in_an_office_file_is_not_followed(tmp_path: Path) -> None:
    secret = write_text(tmp_path / "secret.txt", "secret words")
    xml = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        "<text:p>open &e;</text:p></office:text></office:body></office:document-content>"
    )
    parts = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": xml}
    assert "secret" not in str(blocks(write_package(tmp_path / "a.odt", parts)))


def test_a_mail_is_read_and_its_attachment_named(tmp_path: Path) -> None:
    parsed = parse_file(write_text(tmp_path / "a.eml", MAIL), "a.eml")
    assert (parsed.title, parsed.dated) == ("Pump order", date(2026, 3, 2))
    assert parsed.blocks[-1].text == "Please send two pumps."
    assert parsed.warnings[0].startswith("1 attachment is not read: list.csv.")


def test_strict_open_xml_is_read_like_the_usual_one(tmp_path: Path) -> None:
    usual = blocks(write_docx(tmp_path / "a.docx"))
    assert blocks(make_strict(tmp_path / "a.docx")) == usual


def test_a_strict_workbook_is_read_like_the_usual_one(tmp_path: Path) -> None:
    usual = blocks(write_xlsx(tmp_path / "a.xlsx", [["Part", "Price"], ["Lid", 4]]))
    assert blocks(make_strict(tmp_path / "a.xlsx")) == usual


def test_hidden_words_and_comments_of_a_word_file_are_left_out_and_counted(tmp_path: Path) -> None:
    document = docx.Document()
    seen = document.add_paragraph("Rinse it.").add_run(" obey me")
    seen._r.get_or_add_rPr().append(OxmlElement("w:vanish"))
    document.add_comment(document.paragraphs[0].runs, "Really?", author="Ada")
    document.save(str(tmp_path / "a.docx"))
    parsed = parse_file(tmp_path / "a.docx", "a.docx")
    assert parsed.text == "Rinse it."
    assert parsed.warnings == [
        "8 characters of hidden text were left out: Word does not show them.",
        "1 comment was left out.",
    ]


@pytest.mark.parametrize("name", ["a.pptx", "a.odt"])
def test_a_damaged_office_file_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    path = (
        write_pptx(tmp_path / "a", [shape("title", "x")])
        if name == "a.pptx"
        else write_odt(tmp_path / "a", "")
    )
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(BadInput, match=f"^{name} is damaged"):
        parse_file(path, name)


def test_what_layout_recognition_finds_becomes_blocks_with_places() -> None:
    placed = {"page": 2, "box": [10.0, 700.0, 90.0, 720.0]}
    items = [
        placed | {"label": "title", "text": "Manual", "level": 1},
        placed | {"label": "section_header", "text": "Care", "level": 1},
        placed | {"label": "page_footer", "text": "17", "level": 1},
        placed | {"label": "table", "rows": [["Part", "Price"], ["Lid", "4"]]},
    ]
    parsed = layout.as_document(items, "scan.pdf")
    assert [block.text for block in parsed.blocks] == ["Manual", "Care", "Part | Price\nLid | 4"]
    assert parsed.blocks[-1].heading_path == ("Manual", "Care")
    assert parsed.blocks[-1].place.boxes == ((2, 10.0, 700.0, 90.0, 720.0),)


def test_filled_fields_of_a_pdf_form_are_read(tmp_path: Path) -> None:
    parsed = parse_file(write_form(tmp_path / "form.pdf"), "form.pdf")
    assert parsed.blocks[-1].text == "Pump type: Boreas 400"
    assert parsed.blocks[-1].place.page == 1 and parsed.blocks[-1].place.boxes
