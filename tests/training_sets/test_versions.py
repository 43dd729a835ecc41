import pytest

from studio.errors import BadInput, NotFound
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import Saving, examples, get_version, list_versions, save_training_set
from studio.training_sets.versions.examining import examine_version

pytestmark = pytest.mark.postgres


def pairs(count, extra=()):
    rows = [[f"Question {n}?", f"It is answer {n}.", f"doc {n % 7}"] for n in range(count)]
    return Table(["question", "answer", "topic"], [*rows, *map(list, extra)])


def save(room, table, name="pumps"):
    return save_training_set(room, name, table, guess_mapping(table), Saving("pumps.csv"))


def test_a_version_holds_its_usable_rows_with_a_tenth_held_out(room):
    version = get_version(
        room, save(room, pairs(100, [("", "No question.", ""), ("Question 1?", "It is answer 1.", "")]))
    )
    assert (version.examples, version.held_out, version.version) == (100, 10, 1)
    assert (version.author, version.source_name) == ("local", "pumps.csv")


def test_the_report_of_a_version_is_of_what_it_holds(room):
    version = save(room, pairs(100, [("", "No question.", ""), ("Question 1?", "Much " * 60, "")]))
    examine_version(room, version_id=version)
    found = get_version(room, version).report
    assert (found["rows"], found["kept"]) == (101, 101)
    assert {one["kind"] for one in found["findings"]} == {"contradiction"}


def test_what_was_saved_as_it_was_examined_is_not_examined_again(room):
    assert get_version(room, save(room, pairs(100))).report["verdict"] == "enough"


def test_the_same_content_is_the_same_version(room):
    assert save(room, pairs(50)) == save(room, pairs(50))
    assert len(list_versions(room)) == 1


def test_other_content_is_the_next_version_and_the_first_stays(room):
    first, second = save(room, pairs(50)), save(room, pairs(60))
    assert get_version(room, second).version == 2
    assert get_version(room, second).sha256 != get_version(room, first).sha256
    assert len(examples(room, first)) == 50


def test_examples_come_back_as_they_were_with_their_other_columns(room):
    stored = examples(room, save(room, pairs(20)))[3]
    assert (stored.prompt, stored.completion, stored.extra) == (
        "Question 3?",
        "It is answer 3.",
        {"topic": "doc 3"},
    )


def test_training_and_held_out_parts_do_not_overlap(room):
    version = save(room, pairs(80))
    train = {example.prompt for example in examples(room, version, "train")}
    held = {example.prompt for example in examples(room, version, "held_out")}
    assert (len(train), len(held), train & held) == (72, 8, set())


def test_an_unusable_table_is_refused_and_nothing_is_stored(room):
    with pytest.raises(BadInput, match="at least 10"):
        save(room, pairs(4))
    assert list_versions(room) == []


def test_another_workspace_cannot_see_a_version(room, database):
    version = save(room, pairs(20))
    with pytest.raises(NotFound):
        get_version(database.workspace(f"{room.name} neighbour"), version)
