"""An uploaded table becomes a version: received, read, corrected, saved; a killed job does it again."""

import pytest

from studio.errors import BadInput, NotFound
from studio.training_sets import imports
from studio.training_sets.reading import Reading
from studio.training_sets.shapes.mapping import Mapping
from studio.training_sets.versions import examples, get_version

pytestmark = pytest.mark.postgres

TABLE = "question,answer,remark\n" + "".join(
    f"Question {n}?,It is answer {n}.,Remark {n}\n" for n in range(30)
)


@pytest.fixture
def received(room):
    table = (TABLE + "Question 1?,It is answer 1.,\n").encode()
    return imports.read_now(room, imports.receive(room, table, "pumps.csv"))


def test_a_small_table_can_be_read_at_once_with_its_report(room, received):
    found = imports.get(room, received)
    assert (found.state, found.rows_done, found.report["kept"]) == ("ready", 31, 30)
    assert found.table["columns"] == ["question", "answer", "remark"]


def test_the_same_file_is_the_same_import(room, received):
    path = room.blobs.path(imports.get(room, received).source_sha256)
    assert imports.receive(room, path, "pumps.csv") == received


def test_another_mapping_is_read_anew(room, received):
    imports.change(room, received, mapping=Mapping(prompt="question", completion="remark"))
    assert imports.get(room, received).state == "waiting"
    imports.read_now(room, received)
    found = imports.get(room, received)
    assert (found.state, found.mapping.completion) == ("ready", "remark")
    assert found.report["findings"][0]["kind"] == "empty_answer"


def test_a_saved_import_is_a_version_without_what_its_remedies_left_out(room, received):
    saved = imports.save(room, received, "pumps", 0.2)
    version = get_version(room, saved.version_id)
    assert (saved.state, version.examples, version.held_out, version.source_name) == (
        "saved",
        30,
        6,
        "pumps.csv",
    )


def test_without_remedies_every_row_is_kept(room, received):
    imports.change(room, received, remedies=[])
    assert len(examples(room, imports.save(room, received, "pumps").version_id)) == 31


def test_what_cannot_be_read_says_why_and_can_be_read_otherwise(room):
    table = imports.receive(room, b"question;answer\n" + b"Qu\x81?;A\n" * 30, "odd.csv")
    imports.read_now(room, table)
    assert imports.get(room, table).error or imports.get(room, table).state == "ready"
    imports.change(room, table, reading=Reading(encoding="latin-1"))
    imports.read_now(room, table)
    assert imports.get(room, table).state == "ready"


def test_a_discarded_import_leaves_nothing(room, received):
    sha256 = imports.get(room, received).source_sha256
    imports.discard(room, received)
    with pytest.raises(NotFound):
        imports.get(room, received)
    with pytest.raises(NotFound):
        room.blobs.path(sha256)


def test_the_preview_shows_cells_and_examples(room, received):
    shown = imports.preview(room, received, 2)
    assert shown.rows[0] == (2, ["Question 0?", "It is answer 0.", "Remark 0"])
    assert shown.examples[1].completion == "It is answer 1."


def test_another_workspace_sees_no_import(room, received, database):
    other = database.workspace(f"{room.name} neighbour")
    assert imports.list_open(other) == []
    for touch in (imports.get, imports.preview, imports.discard, imports.retry):
        with pytest.raises(NotFound):
            touch(other, received)


def test_a_name_never_leads_out_of_a_folder(room):
    found = imports.get(room, imports.receive(room, TABLE.encode(), "../..//etc/\0pumps.csv"))
    assert found.source_name == "etc/pumps.csv"


def test_an_empty_file_is_kept_as_a_failed_import(room):
    found = imports.get(room, imports.read_now(room, imports.receive(room, b"", "empty.csv")))
    assert (found.state, found.error) == ("failed", "empty.csv is empty.")


def test_an_unusable_table_is_not_saved(room):
    few = imports.receive(room, b"question,answer\nWhat?,That.\nWho?,They.\n", "few.csv")
    imports.read_now(room, few)
    with pytest.raises(BadInput, match="cannot be used as a training set"):
        imports.save(room, few, "few")


def test_a_time_split_without_dates_is_a_sentence(room, received):
    found = imports.save(room, received, "pumps", by="time")
    assert (found.state, found.error) == (
        "ready",
        "No row has a date to split by: choose the date column, or split at random.",
    )


def test_a_time_split_holds_out_the_newest(room):
    rows = "".join(f"Question {n}?,It is answer {n}.,2024-01-{n + 1:02}\n" for n in range(30))
    table = imports.receive(room, f"question,answer,date\n{rows}".encode(), "dated.csv")
    saved = imports.save(room, imports.read_now(room, table), "dated", 0.2, by="time")
    version = get_version(room, saved.version_id)
    held_out = [one.prompt for one in examples(room, version.id) if one.split == "held_out"]
    assert held_out == [f"Question {n}?" for n in range(24, 30)]
    assert version.split["since"] == "2024-01-25"


def test_the_original_is_kept_while_an_import_or_a_version_needs_it(room, received):
    saved = imports.save(room, received, "pumps")
    imports.discard(room, received)
    assert room.blobs.path(saved.source_sha256).read_bytes().startswith(b"question,answer")
