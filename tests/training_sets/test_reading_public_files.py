"""Awkward tables collected by others; STUDIO_REALDATA names the folder that holds csv_malformed/."""

import json
import os
from pathlib import Path

import pytest

from studio.errors import BadInput
from studio.training_sets.reading import read_table

FOLDER = Path(os.environ.get("STUDIO_REALDATA", "")) / "csv_malformed"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not os.environ.get("STUDIO_REALDATA"), reason="STUDIO_REALDATA names no folder"),
]

REFUSED = {
    "csvkit__bad.csv": "line 2 has 4",
    "csvkit__null_byte.csv": "NUL",
    "csvkit__test_extra_header.csv": "names 4 columns, the rows have 3",
    "docling__csv-inconsistent-header.csv": "names 3 columns, the rows have 4",
    "docling__csv-too-few-columns.csv": "line 3 has 3",
    "docling__csv-too-many-columns.csv": "line 3 has 5",
    "frictionless-py__compression__implicit-gz.csv": "gzip",
    "frictionless-py__compression__implicit-zip.csv": "ZIP",
    "frictionless-py__defective-rows.csv": "line 2 has 2",
    "frictionless-py__empty.csv": "is empty",
    "frictionless-py__invalid.csv": "line 5 has 5",
    "frictionless-py__without-rows.csv": "no rows",
}
# its expected rows have CRLF, the file as collected has LF
ALTERED = "csv-spectrum__newlines_crlf"


@pytest.mark.parametrize(("file", "said"), REFUSED.items())
def test_a_file_that_cannot_be_used_is_refused_with_its_fault(file, said):
    with pytest.raises(BadInput, match=said):
        read_table(FOLDER / file, file)


def test_every_other_file_is_read_or_refused_in_one_sentence():
    for path in sorted(FOLDER.glob("*.csv")):
        try:
            table = read_table(path, path.name)
        except BadInput as refusal:
            assert len(str(refusal)) < 400
        else:
            assert all(len(row) == len(table.columns) for row in table.rows)


def test_reading_is_exact_where_the_rows_are_known():
    for truth in sorted((FOLDER / "truth").glob("*.json")):
        table = read_table(FOLDER / f"{truth.stem}.csv", f"{truth.stem}.csv")
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        expected = json.loads(truth.read_text())
        if truth.stem == ALTERED:
            expected = json.loads(json.dumps(expected).replace("\\r\\n", "\\n"))
        assert rows == expected, truth.stem
