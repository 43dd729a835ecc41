"""What each format's parser makes of a small file."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from studio.library.parse import Block, jsonl, parse_file
from studio.library.parse.blocks import ParsedDocument
from tests.library.samples import write_docx, write_pdf, write_text, write_xlsx


def texts(parsed: ParsedDocument, kind: str) -> list[str]:
    return [block.text for block in parsed.blocks if block.kind == kind]


def block_with(parsed: ParsedDocument, words: str) -> Block:
    return next(block for block in parsed.blocks if words in block.text)


def test_every_block_is_the_plain_text_between_the_ends_of_its_place(tmp_path: Path) -> None:
    parsed = parse_file(write_docx(tmp_path / "pump.docx"), "pump.docx")
    assert [parsed.text[b.place.start : b.place.end] for b in parsed.blocks] == [
        b.text for b in parsed.blocks
    ]


def test_word_paragraphs_and_tables_come_in_document_order(tmp_path: Path) -> None:
    parsed = parse_file(write_docx(tmp_path / "pump.docx"), "pump.docx")
    order = [block.text for block in parsed.blocks][-3:]
    assert order == ["Rinse the filter every week.", "Part | Torque\nCollar | 0.6 Nm", "Then close the lid."]


def test_word_headings_lead_to_their_paragraphs(tmp_path: Path) -> None:
    parsed = parse_file(write_docx(tmp_path / "pump.docx"), "pump.docx")
    assert block_with(parsed, "Rinse").heading_path == ("Pump manual", "Cleaning")
    assert parsed.title == "Pump manual"


def test_word_header_is_read_once(tmp_path: Path) -> None:
    parsed = parse_file(write_docx(tmp_path / "pump.docx"), "pump.docx")
    assert parsed.text.count("Pump works, internal") == 1


def test_pdf_lines_keep_their_page_and_boxes(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [[(12, "First page.")], [(12, "The second page is here.")]])
    place = block_with(parse_file(path, "a.pdf"), "second").place
    assert place.page == 2
    page, left, bottom, right, top = place.boxes[0]
    assert page == 2 and 20 < left < right < 300 and 700 < bottom < top < 842


def test_pdf_headings_are_found_by_their_size(tmp_path: Path) -> None:
    path = write_pdf(
        tmp_path / "a.pdf", [[(20, "Pump manual"), (15, "Cleaning"), (11, "Rinse the filter weekly.")]]
    )
    parsed = parse_file(path, "a.pdf")
    assert block_with(parsed, "Rinse").heading_path == ("Pump manual", "Cleaning")


def test_pdf_lines_broken_by_the_margin_become_one_paragraph(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", [[(11, "The valve is opened slowly by hand every morning. " * 6)]])
    assert "\n" not in parse_file(path, "a.pdf").blocks[0].text


def test_lines_repeated_on_every_pdf_page_are_left_out_and_said_so(tmp_path: Path) -> None:
    body = [(12, f"The {word} chapter says {word} things.") for word in ("first", "second", "third")]
    pages = [[(9, "Works, confidential"), text, text, (9, f"Page {n}")] for n, text in enumerate(body)]
    parsed = parse_file(write_pdf(tmp_path / "a.pdf", pages), "a.pdf")
    assert "confidential" not in parsed.text and "second chapter" in parsed.text
    assert "confidential" in parsed.warnings[0]


def test_a_pdf_is_called_by_its_running_head_where_its_first_heading_is_a_numbered_section(
    tmp_path: Path,
) -> None:
    pages = [
        [
            (9, f"Orrin Pump Handbook - page {n}"),
            (16, f"{n}. {part}"),
            (11, f"The {part} is oiled at dusk."),
        ]
        for n, part in enumerate(("Lid", "Hinge", "Valve", "Hose"), start=1)
    ]
    assert parse_file(write_pdf(tmp_path / "a.pdf", pages), "a.pdf").title == "Orrin Pump Handbook"


def test_a_pdf_without_a_running_head_is_called_by_its_first_heading(tmp_path: Path) -> None:
    pages = [[(16, "1. Care"), (11, "Oil the hinge at dusk.")]]
    assert parse_file(write_pdf(tmp_path / "a.pdf", pages), "a.pdf").title == "1. Care"


def test_markdown_is_read_without_its_marks(tmp_path: Path) -> None:
    text = (
        "# Pump\n\nUse **only** [clean](http://x) water.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    parsed = parse_file(write_text(tmp_path / "a.md", text), "a.md")
    assert [b.text for b in parsed.blocks] == [
        "Pump",
        "Use only clean water.",
        "- one",
        "- two",
        "a | b\n1 | 2",
    ]
    assert parsed.tables == 1


def test_front_matter_gives_the_title_and_is_not_text(tmp_path: Path) -> None:
    parsed = parse_file(write_text(tmp_path / "a.md", '---\ntitle: "Pump care"\n---\nRinse it.\n'), "a.md")
    assert (parsed.title, parsed.text) == ("Pump care", "Rinse it.")


def test_html_scripts_are_dropped_and_hidden_text_is_reported(tmp_path: Path) -> None:
    seen = "<title>T</title><h1>Pump</h1><script>steal()</script><p>Rinse <b>it</b>.</p>"
    text = f"{seen}<p style='display:none'>obey me</p>"
    parsed = parse_file(write_text(tmp_path / "a.html", text), "a.html")
    assert parsed.text == "Pump\n\nRinse it."
    assert "6 characters of hidden text" in parsed.warnings[0]


def test_html_tables_keep_rows_together(tmp_path: Path) -> None:
    text = (
        "<p>Before</p><table><tr><th>Part</th><th>Price</th></tr><tr><td>Collar</td><td>9</td></tr></table>"
    )
    parsed = parse_file(write_text(tmp_path / "a.html", text), "a.html")
    assert texts(parsed, "table") == ["Part | Price\nCollar | 9"]


def test_html_cells_over_several_rows_and_columns_are_laid_out(tmp_path: Path) -> None:
    head = "<tr><th rowspan=2>Boat</th><th colspan=2>Summer</th></tr><tr><th>Day</th><th>Week</th></tr>"
    rows = "<tr><td rowspan='2'>Skiff</td><td>9</td><td>40</td></tr><tr><td colspan='2'>ask Ida</td></tr>"
    parsed = parse_file(write_text(tmp_path / "a.html", f"<table>{head}{rows}</table>"), "a.html")
    assert texts(parsed, "table") == ["Boat | Summer Day | Summer Week\nSkiff | 9 | 40\nSkiff | ask Ida |"]


def test_a_page_inside_one_form_is_read_without_its_controls(tmp_path: Path) -> None:
    controls = "<input value='x'><select><option>Red</option></select><button>Send</button>"
    text = f"<form><h1>Leave</h1><p>27 days a year.</p>{controls}</form>"
    assert parse_file(write_text(tmp_path / "a.html", text), "a.html").text == "Leave\n\n27 days a year."


def test_a_long_table_repeats_its_header_with_every_row(tmp_path: Path) -> None:
    rows = "".join(f"| part {n} | a rather long description of it | {n} |\n" for n in range(30))
    parsed = parse_file(
        write_text(tmp_path / "a.md", "| Name | About | Price |\n|--|--|--|\n" + rows), "a.md"
    )
    assert texts(parsed, "table")[3] == "Name: part 3; About: a rather long description of it; Price: 3"


def test_sheet_rows_carry_header_sheet_and_row_number(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", [["Price list 2026"], ["Part", "Price"], ["Collar", 9.0], [], ["Lid", 4.5]]
    )
    last = parse_file(path, "a.xlsx").blocks[-1]
    assert last.text == "Part: Lid; Price: 4.5"
    assert (last.place.sheet, last.place.row) == ("Prices", 5)


def test_formulas_without_a_saved_value_are_counted(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["a", "b"], ["x", "=1+1"], ["y", "=2+2"]])
    assert parse_file(path, "a.xlsx").warnings == ["2 formula cells have no saved value and are empty here."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = f"part{delimiter}price\ncollar{delimiter}9\n"
    assert parse_file(write_text(tmp_path / "a.csv", text), "a.csv").text == "part: collar; price: 9"


def test_rows_of_another_width_are_kept_and_reported(tmp_path: Path) -> None:
    parsed = parse_file(write_text(tmp_path / "a.csv", "a,b\n1,2\n3\n4,5\n"), "a.csv")
    assert parsed.warnings == ["1 row has another number of fields than the header (first at row 3)."]


def test_central_european_text_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(
        "Žiadosť o príspevok sa podáva písomne. Ľudia čakajú v rade, kým príde úradník.".encode("cp1250")
    )
    parsed = parse_file(path, "a.txt")
    assert "Žiadosť" in parsed.text and "Windows-1250" in parsed.warnings[0]


def test_zero_bytes_in_extracted_text_never_reach_the_database(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>a&#0;b\x0bc</p>", encoding="utf-8")
    assert "\0" not in parse_file(path, "a.html").text


GERMAN = (
    "Das Ventil wird jeden Morgen langsam von Hand geöffnet, damit der Druck im Rohr gleichmäßig fällt. " * 4
)
SLOVAK = "Žiadosť o príspevok sa podáva písomne na úrade, ktorý o nej rozhodne do tridsiatich dní. " * 4


@pytest.mark.parametrize(("text", "language"), [(GERMAN, "de"), (SLOVAK, "sk"), ("A short one.", "")])
def test_the_language_of_a_document_is_told_or_left_open(tmp_path: Path, text: str, language: str) -> None:
    assert parse_file(write_text(tmp_path / "a.txt", text), "a.txt").language == language


def test_what_is_said_about_a_table_does_not_tell_its_language(tmp_path: Path) -> None:
    rows = "".join(f"Ventil {n};langsam von Hand öffnen und wieder schließen;{n}\n" for n in range(8))
    parsed = parse_file(write_text(tmp_path / "a.csv", f"Bauteil;Anweisung;Stück\n{rows}"), "a.csv")
    assert parsed.language == "de"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "---\ntitle: x\ndate: 2026-03-02\n---\nRinse it."),
        ("a.html", '<meta property="article:modified_time" content="2026-03-02T10:00:00Z"><p>Rinse it.</p>'),
    ],
)
def test_the_date_a_text_gives_itself_is_kept(tmp_path: Path, name: str, text: str) -> None:
    assert parse_file(write_text(tmp_path / name, text), name).dated == date(2026, 3, 2)


def test_office_files_and_pdf_are_dated_by_their_properties(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "a.xlsx", [["Part", "Price"], ["Lid", 4]])
    printed = write_pdf(tmp_path / "a.pdf", [[(12, "Rinse it.")]])
    today = datetime.now(UTC).date()
    for path in (book, printed):
        dated = parse_file(path, path.name).dated
        assert dated is not None and abs((today - dated).days) <= 1


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "naïve café, où l'élève a été reçu près de la forêt"),
        ("iso8859_2", "Zażółć gęślą jaźń; urządzenie należy czyścić co tydzień"),
        ("cp1253", "Η βαλβίδα ανοίγει αργά"),
    ],
)
def test_the_code_page_is_that_of_the_language(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert parse_file(path, "a.txt").text == text


def test_letters_printed_as_one_are_read_as_two(tmp_path: Path) -> None:
    assert parse_file(write_text(tmp_path / "a.txt", "ﬁlter and oﬃce"), "a.txt").text == "filter and office"


def test_a_row_without_a_title_has_none(tmp_path):
    (tmp_path / "rows.jsonl").write_text('{"_id": "doc-0815", "text": "The valve closes at 4 bar."}\n')
    row = next(jsonl.read_rows(tmp_path / "rows.jsonl", "rows.jsonl"))
    assert jsonl.parse_row(row).title == ""


def test_pdf_pages_that_differ_by_their_numbers_alone_are_read(tmp_path: Path) -> None:
    pages = [[(11, f"Valve {number} closes at {number} bar.")] for number in range(1, 5)]
    parsed = parse_file(write_pdf(tmp_path / "a.pdf", pages), "a.pdf")
    assert "Valve 3 closes at 3 bar." in parsed.text
