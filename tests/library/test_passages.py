"""Passages: exact places, whole sentences, never across headings or pages."""

from pathlib import Path

from studio.library.parse import parse_file
from studio.library.parse.blocks import DocumentText, ParsedDocument
from studio.library.passages import MOST_TOKENS, Piece, estimated_tokens, searchable_text, split
from studio.library.places import Place, place_label
from tests.library.samples import LONG_TEXT, write_pdf, write_text, write_xlsx


def parsed(*paragraphs: str) -> ParsedDocument:
    document = DocumentText()
    for text in paragraphs:
        if text.startswith("#"):
            document.heading(text.count("#"), text.strip("# "))
        else:
            document.add("paragraph", text)
    return ParsedDocument("Title", document.blocks)


def words(pieces: list[Piece]) -> list[str]:
    return " ".join(piece.text for piece in pieces).split()


def test_a_passage_is_the_plain_text_of_its_place() -> None:
    document = parsed("# One", LONG_TEXT.split("\n\n")[0], "Short.", "# Two", "Other.")
    for piece in split(document):
        assert document.text[piece.place.start : piece.place.end] == piece.text


def test_nothing_is_lost_and_nothing_is_said_twice() -> None:
    assert words(split(parsed(*LONG_TEXT.split("\n\n")))) == LONG_TEXT.split()


def test_passages_stay_near_the_limit() -> None:
    sizes = [estimated_tokens(piece.text) for piece in split(parsed(*LONG_TEXT.split("\n\n")))]
    assert max(sizes) <= MOST_TOKENS + 3
    assert sum(sizes) / len(sizes) > 80


def test_passages_end_with_whole_sentences() -> None:
    assert all(piece.text.endswith(".") for piece in split(parsed(*LONG_TEXT.split("\n\n"))))


def test_a_passage_never_crosses_a_heading() -> None:
    pieces = split(parsed("# One", "Alpha.", "# Two", "Beta."))
    assert [(piece.heading, piece.text) for piece in pieces] == [(("One",), "Alpha."), (("Two",), "Beta.")]


def test_a_heading_without_text_is_still_found() -> None:
    pieces = split(parsed("# One", "Alpha.", "# Call 112 in an emergency"))
    assert pieces[1].text == "Call 112 in an emergency"


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    pieces = split(parsed("x" * 5000))
    assert "".join(piece.text for piece in pieces) == "x" * 5000
    assert max(len(piece.text) for piece in pieces) < 700


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    filler = "The valve is opened slowly by hand and closed again. " * 11
    pieces = split(parsed(f"{filler}Ask Dr. Novak and the keeper of the Works about it before noon today."))
    assert not any(piece.text.endswith("Dr.") for piece in pieces)


def test_each_sheet_row_is_a_passage_with_its_row_number(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["Part", "Price"], ["Collar", 9], ["Lid", 4]])
    pieces = split(parse_file(path, "a.xlsx"))
    assert [place_label(piece.place) for piece in pieces] == [
        "row 2 of sheet Prices",
        "row 3 of sheet Prices",
    ]


def test_a_pdf_passage_has_the_boxes_of_its_own_lines_only(tmp_path: Path) -> None:
    sentence = "The valve is opened slowly by hand every morning before work. "
    document = parse_file(write_pdf(tmp_path / "a.pdf", [[(11, sentence * 25)]]), "a.pdf")
    first, last = split(document)[0], split(document)[-1]
    assert min(box[2] for box in first.place.boxes) > max(box[2] for box in last.place.boxes) - 20
    assert len(first.place.boxes) < len(document.blocks[0].lines)


def test_a_passage_never_crosses_a_page(tmp_path: Path) -> None:
    texts = ["Open the valve by hand.", "Rinse the lid with rain.", "Oil the hinge at dusk."]
    pieces = split(parse_file(write_pdf(tmp_path / "a.pdf", [[(11, text)] for text in texts]), "a.pdf"))
    assert [piece.text for piece in pieces] == texts
    assert [place_label(piece.place) for piece in pieces] == ["page 1", "page 2", "page 3"]


def test_a_sentence_broken_by_the_end_of_a_page_stays_whole(tmp_path: Path) -> None:
    pages = [
        [(11, "Oil the valve. Then open it slowly by")],
        [(11, "hand every morning. Close it at night.")],
    ]
    pieces = split(parse_file(write_pdf(tmp_path / "a.pdf", pages), "a.pdf"))
    texts = [" ".join(piece.text.split()) for piece in pieces]
    assert texts == ["Oil the valve. Then open it slowly by hand every morning.", "Close it at night."]
    assert [place_label(piece.place) for piece in pieces] == ["pages 1–2", "page 2"]


def test_slides_of_one_title_stay_apart() -> None:
    document = DocumentText()
    for number in (1, 2):
        document.heading(1, "Care", Place(0, 0, page=number))
        document.add("paragraph", f"rinse the lid {number}", Place(0, 0, page=number))
    pieces = split(ParsedDocument("Title", document.blocks))
    assert [(piece.place.page, piece.text) for piece in pieces] == [
        (1, "rinse the lid 1"),
        (2, "rinse the lid 2"),
    ]


def test_title_and_headings_stand_above_the_searchable_text_once() -> None:
    assert searchable_text("Manual", ("Manual", "Cleaning"), "Rinse.") == "Manual\nCleaning\nRinse."


def test_a_place_survives_the_database() -> None:
    place = Place(3, 9, page=2, boxes=((2, 1.0, 2.0, 3.5, 4.0),))
    assert Place.from_json(place.as_json()) == place


def test_places_are_said_in_words(tmp_path: Path) -> None:
    text = write_text(tmp_path / "a.md", "# Pump\n## Care\nRinse it.")
    piece = split(parse_file(text, "a.md"))[0]
    assert place_label(piece.place, piece.heading) == "section Pump > Care"
    assert place_label(Place(0, 1, page=12, boxes=((12, 0, 0, 1, 1), (13, 0, 0, 1, 1)))) == "pages 12–13"


def test_the_lines_of_a_sentence_are_told_from_the_others_of_its_passage(tmp_path: Path) -> None:
    lines = [(12, "The collar is red and"), (12, "hard. The lid is blue."), (12, "The hose is green.")]
    (piece,) = split(parse_file(write_pdf(tmp_path / "a.pdf", [lines]), "a.pdf"))
    place = Place.from_json(piece.place.as_json())
    at = piece.text.index("The lid")
    assert place.boxes_of([(at, at + len("The lid is blue."))]) == place.boxes[1:2]
    assert place.boxes_of([(0, 20)]) == place.boxes[:1]


def test_a_passage_read_before_lines_were_known_has_none_to_tell() -> None:
    assert Place.from_json({"start": 0, "end": 9, "boxes": [[1, 0, 0, 5, 5]]}).boxes_of([(0, 9)]) == ()


def test_every_part_of_a_long_row_names_the_row_and_its_column(tmp_path: Path) -> None:
    answer = "".join(f"Step {n} is to turn the wheel slowly by hand to the left. " for n in range(20))
    text = write_text(
        tmp_path / "a.csv", f'Question,Answer,Team\nHow do I bleed it?,"{answer}",Heat\nWho?,Ida,Heat\n'
    )
    document = parse_file(text, "a.csv")
    first, *rest = [piece for piece in split(document) if piece.place.row == 2]
    assert first.heading == ()
    assert {piece.heading for piece in rest} == {("Question: How do I bleed it?; Team: Heat; Answer",)}
    assert all(document.text[piece.place.start : piece.place.end] == piece.text for piece in rest)


def test_a_long_row_of_a_table_in_a_document_is_named_too(tmp_path: Path) -> None:
    answer = "".join(f"Step {n} is to turn the wheel slowly by hand to the left. " for n in range(20))
    table = f"| Fault | Remedy |\n|---|---|\n| Leaks | {answer} |\n| Drips | Close it. |\n"
    pieces = split(parse_file(write_text(tmp_path / "a.md", f"# Pump\n\n{table}"), "a.md"))
    assert pieces[-1].heading == ("Pump", "Fault: Leaks; Remedy")
