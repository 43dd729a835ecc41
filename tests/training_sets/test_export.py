"""A version goes out as CSV or JSONL and comes back as the same version."""

import io
from dataclasses import replace

import pytest

from studio.errors import BadInput, NotFound
from studio.training_sets import imports
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import Saving, examples, get_version, save_rows
from studio.training_sets.versions.export import export_version

pytestmark = pytest.mark.postgres

AWKWARD = [
    Candidate(1, "  Is it\r\n“open”, really? ", 'Yes; it "is".\t\n', extra={"topic": "007", "n": "1.10"}),
    Candidate(2, "=1+1", "'quoted'", group="doc, 1", origin="drafted", reviewed=False),
    Candidate(3, "And then?", "Žluťoučký kůň 🐴", history=(("user", "Hello"), ("assistant", "Hi"))),
    Candidate(4, "Where?", "On page 2.", context=(("Manual", "See page 2."),), source={"passage": 7}),
    Candidate(5, "", "Plain text, which has no question."),
    Candidate(6, 'a, "b"', " leading blanks"),
]
PLAIN = [Candidate(n, f"Question {n}?", f"It is answer {n}.") for n in range(7, 40)]


@pytest.fixture
def version(room):
    return save_rows(room, "awkward", AWKWARD + PLAIN, Saving(held_out_share=0.2))


def exported(room, version, form, **how):
    file = io.BytesIO()
    export_version(room, version, form, file, **how)
    return file.getvalue()


def read_back(room, version, form):
    """The import of a version's export, read as the worker does."""
    return imports.read_now(room, imports.receive(room, exported(room, version, form), f"set.{form}"))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_exported_version_comes_back_with_the_same_hash(room, version, form):
    back = read_back(room, version, form)
    saved = imports.save(room, back, "again")
    assert get_version(room, saved.version_id).sha256 == get_version(room, version).sha256


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_defects_that_were_kept_come_back_too(room, form):
    rows = [*PLAIN, PLAIN[0], Candidate(50, "Empty?", ""), Candidate(51, "<b>Bold?</b>", "Yes &amp; no.")]
    version = save_rows(room, "defects", rows)
    back = read_back(room, version, form)
    saved = imports.save(room, back, "again")
    assert get_version(room, saved.version_id).sha256 == get_version(room, version).sha256


def test_near_duplicates_that_were_parted_by_hand_stay_parted(room):
    asked = "How do I drain the large blue pump in hall {} before winter?"
    close = [Candidate(n, asked.format(n), "Open it.", group=f"g{n}", split="train") for n in (50, 51)]
    told = [replace(one, group=f"g{one.number}", split="train") for one in PLAIN]
    version = save_rows(room, "near", [*told, close[0], replace(close[1], split="held_out")])
    saved = imports.save(room, read_back(room, version, "csv"), "again")
    assert get_version(room, saved.version_id).sha256 == get_version(room, version).sha256
    assert [one.group for one in examples(room, saved.version_id)][-2:] == ["g50", "g51"]


def test_where_an_example_came_from_comes_back(room, version):
    saved = imports.save(room, read_back(room, version, "jsonl"), "again")
    assert examples(room, saved.version_id)[3].source == {"passage": 7}


def test_formulas_are_harmless_only_where_a_spreadsheet_is_to_open_the_file(room, version):
    assert b"\r\n=1+1,'quoted'," in exported(room, version, "csv")
    assert b"\r\n'=1+1,'quoted'," in exported(room, version, "csv", for_spreadsheet=True)


def test_a_spreadsheet_is_told_that_the_file_is_utf8(room, version):
    assert exported(room, version, "csv", for_spreadsheet=True).startswith(b"\xef\xbb\xbfprompt,completion,")


def test_what_cannot_be_exported_is_refused(room, version):
    with pytest.raises(BadInput, match="not as xml"):
        exported(room, version, "xml")
    with pytest.raises(NotFound):
        exported(room, version + 100, "csv")
