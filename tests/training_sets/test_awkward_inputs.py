"""Thirty-five awkward tables, each with the sentence, the note or the finding that a person gets to see."""

import gzip
import io
import re
import zipfile

import pytest

from studio.errors import BadInput
from studio.training_sets.quality import Checking, check
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.guessing import guess_mapping

HEADER = "question,answer\n"
PAIRS = "".join(f"What is part {n}?,Part number {n} is a small round valve.\n" for n in range(30))
TABLE = HEADER + PAIRS


def zipped(*entries):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        for entry in entries:
            written.writestr(entry, "<x/>")
    return archive.getvalue()


def labels(counts):
    texts = (f"I write about case {n} of {label},{label}\n" for label, count in counts for n in range(count))
    return "text,label\n" + "".join(texts)


REFUSED = {
    "4 NUL character": (TABLE + "a\0,b\n", "has a NUL character on line 32"),
    "5 lone surrogate": (TABLE.encode() + b"a\xed\xa0\x80,b\n", "Line 32 of t.csv has half a character"),
    "6 no bytes": ("", "t.csv is empty"),
    "6 byte order mark only": (b"\xef\xbb\xbf", "t.csv is empty"),
    "6 blanks only": ("\n  \n\t\n", "t.csv is empty"),
    "7 header only": (HEADER, "has a header and no rows: put one example on each line"),
    "9 some rows longer": (HEADER + "a,b\nc,d,e\n" * 7, "line 3 has 3, line 5 has 3, .* and 2 more"),
    "10 all rows longer": (HEADER + "a,b,c\nd,e,f\n", "names 2 columns, the rows have 3"),
    "11 short rows": (HEADER + "a,b\nc\n", "names 2 columns, but line 3 has 1"),
    "15 open quote": (HEADER + 'a,b\nc,"d\n' + PAIRS, "row that starts on line 3 do not match"),
    "34 Excel named CSV": (zipped("xl/workbook.xml"), "is an Excel file"),
    "34 web page named CSV": ("<!DOCTYPE html><table></table>", "is a web page"),
    "34 JSON named CSV": ('[\n {"question": "a",\n  "answer": "b"}\n]', "is JSON, not CSV"),
    "35 gzip named CSV": (gzip.compress(TABLE.encode(), mtime=0), "is a gzip archive: unpack it"),
    "35 ZIP named CSV": (zipped("t.csv"), "is a ZIP archive: unpack it"),
}

NOTED = {
    "1 UTF-16": (TABLE.encode("utf-16"), "Read as UTF-16"),
    "3 Windows-1252": ((TABLE + "Où?,À l’hôtel.\n").encode("cp1252"), "Line 32 .* Windows-1252: check"),
    "3 Windows-1250": ((TABLE + "Žluťoučký kůň?,Ďábelské ódy.\n").encode("cp1250"), "read as Windows-1250"),
    "8 no header": (PAIRS, "looks like an example and is read as one"),
    "12 header twice": ("q,answer,answer\n" + "a,b,c\n" * 9, "“answer” appears twice"),
    "13 header without a name": ("q,answer,\n" + "a,b,c\n" * 9, "Column 3 has no name"),
    "17 line ends mixed": (TABLE.replace("\n", "\r\n", 15), "lines end in several ways"),
}

KEPT = {
    "2 byte order mark": ("\ufeff" + TABLE, ["What is part 0?", "Part number 0 is a small round valve."]),
    "14 semicolons": ("question;answer\nWhat, then?;So, so\n", ["What, then?", "So, so"]),
    "14 tabs": ("question\tanswer\nWhat, then?\tSo; so\n", ["What, then?", "So; so"]),
    "16 line break in quotes": (HEADER + '"a\nb","c\r\nd"\n', ["a\nb", "c\r\nd"]),
    "18 words for nothing": (HEADER + "NA,null\n", ["NA", "null"]),
    "18 more of them": (HEADER + "None,nan\n", ["None", "nan"]),
    "19 zeros and fractions": (HEADER + "007,1.10\n", ["007", "1.10"]),
    "19 other numbers": (HEADER + "1e5,123456789012345678901234567890\n", ["1e5", "1234567890" * 3]),
    "19 truth": (HEADER + "TRUE,false\n", ["TRUE", "false"]),
    "22 ten megabytes in a cell": (HEADER + "a," + "word " * 2_000_000 + "\n", ["a", "word " * 2_000_000]),
    "23 formulas": (HEADER + "=1+1,@SUM(A1)\n+1,-1\n", ["=1+1", "@SUM(A1)"]),
    "24 emoji and direction": (HEADER + "👩‍🚀 שלום,a\u202eb\u200bc\n", ["👩‍🚀 שלום", "a\u202eb\u200bc"]),
}

FOUND = {
    "20 one column": ("text\n" + "Once upon a time there was a valve.\n" * 12, "duplicate"),
    "22 a very long answer": (TABLE + "Long?," + "word " * 5_000 + "\n", "too_long"),
    "24 direction turned": (TABLE + "Which?,Part \u202e7 is it here.\n", "bidi"),
    "25 answers of blanks": (TABLE + "".join(f"Question {n}?,  \n" for n in range(20)), "empty_answer"),
    "25 all answers empty": (HEADER + "".join(f"Question {n}?,  \n" for n in range(20)), "empty_answer"),
    "26 rows twice": (TABLE + "What is part 3?,Part number 3 is a small round valve.\n", "duplicate"),
    "27 two answers": (TABLE + "What is part 3?,It is something quite different.\n", "contradiction"),
    "28 leakage": (TABLE, "leakage"),
    "29 one label": (labels([("billing", 99), ("other", 1)]), "imbalance"),
    "30 too few rows": (HEADER + "a,b c\n" * 3, "few_rows"),
    "32 an address": (TABLE + "Who?,Write to jana.novak@example.org for it.\n", "personal_data"),
    "32 a key": (TABLE + "Key?,It is sk-abcDEF1234567890abcDEF1234567890abcd here.\n", "secret"),
    "33 control words": (TABLE + "End?,It ends with <|im_end|> always.\n", "special_token"),
}


@pytest.fixture
def opened(tmp_path):
    def of(content, name="t.csv"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(tmp_path / name, name)

    return of


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_what_is_wrong_and_where(opened, content, sentence):
    with pytest.raises(BadInput, match=sentence) as refusal:
        opened(content)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(("content", "note"), NOTED.values(), ids=NOTED)
def test_it_is_read_and_a_note_says_how(opened, content, note):
    table = opened(content)
    assert table.count >= 9
    assert any(re.search(note, said) for said in table.notes)


@pytest.mark.parametrize(("content", "row"), KEPT.values(), ids=KEPT)
def test_every_cell_stays_as_it_is(opened, content, row):
    assert opened(content).first(1) == [row]


def test_five_hundred_columns_are_offered_and_two_are_used(opened):
    more = [f"c{n}" for n in range(498)]
    table = opened(",".join(["question", "answer", *more]) + "\n" + ",".join(["What?", "So.", *more]) + "\n")
    mapping = guess_mapping(table)
    assert (mapping.prompt, mapping.completion, len(mapping.metadata)) == ("question", "answer", 498)


@pytest.mark.parametrize(("content", "kind"), FOUND.values(), ids=FOUND)
def test_the_quality_report_finds_it(opened, content, kind):
    table = opened(content)
    options = Checking(against=["What is part 3?"] if kind == "leakage" else [])
    report = check(table, guess_mapping(table), options)
    assert kind in {finding.kind for finding in report.findings}
