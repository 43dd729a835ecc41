"""What differs between two versions of a training set."""

import pytest

from studio.training_sets import drafts
from studio.training_sets.drafts import edits
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import Find, save_rows
from studio.training_sets.versions.diff import compare_versions

pytestmark = pytest.mark.postgres


def rows(*numbers, answer="It is answer {}."):
    return [Candidate(n, f"Question {n}?", answer.format(n)) for n in numbers]


def counts(diff):
    return diff.added_count, diff.removed_count, diff.edited_count


@pytest.fixture
def version(room):
    return save_rows(room, "pumps", rows(*range(20)))


def test_a_version_does_not_differ_from_itself(room, version):
    assert counts(compare_versions(room, version, version)) == (0, 0, 0)


def test_a_draft_knows_what_it_edited_also_where_the_question_changed(room, version):
    draft = drafts.open_draft(room, version).id
    edits.remove(room, draft, Find(positions=[0, 1]))
    edits.edit(room, draft, 5, {"prompt": "How deep is the well?", "completion": "Nine metres."})
    diff = compare_versions(room, version, drafts.save(room, draft))
    assert counts(diff) == (0, 2, 1)
    assert (diff.edited[0].before.prompt, diff.edited[0].after.completion) == ("Question 5?", "Nine metres.")


def test_between_tables_the_same_question_is_the_same_example(room, version):
    other = save_rows(room, "pumps", rows(*range(19)) + rows(19, answer="Now {}.") + rows(50))
    diff = compare_versions(room, version, other)
    assert diff.added[0].prompt == "Question 50?"
    assert [one.after.completion for one in diff.edited if one.before.completion != one.after.completion] == [
        "Now 19."
    ]


def test_a_second_copy_is_added_not_edited(room, version):
    draft = drafts.open_draft(room, version).id
    edits.add(room, draft, rows(3))
    assert counts(compare_versions(room, version, drafts.save(room, draft))) == (1, 0, 0)


def test_a_long_diff_comes_in_pages(room, version):
    other = save_rows(room, "pumps", rows(*range(100, 130)))
    page = compare_versions(room, version, other, offset=25, limit=10)
    assert (len(page.added), page.added_count, len(page.removed)) == (5, 30, 0)


def test_over_several_versions_what_was_done_in_between_adds_up(room, version):
    first = drafts.open_draft(room, version).id
    edits.remove(room, first, Find(positions=[0]))
    edits.edit(room, first, 5, {"completion": "First wording."})
    second = drafts.open_draft(room, drafts.save(room, first)).id
    edits.edit(room, second, 4, {"completion": "Second wording."})
    edits.add(room, second, rows(50))
    diff = compare_versions(room, version, drafts.save(room, second))
    assert counts(diff) == (1, 1, 1)
    assert (diff.edited[0].before.completion, diff.edited[0].after.completion) == (
        "It is answer 5.",
        "Second wording.",
    )


def test_backwards_what_was_added_is_removed(room, version):
    draft = drafts.open_draft(room, version).id
    edits.add(room, draft, rows(50, 51))
    newer = drafts.save(room, draft)
    assert counts(compare_versions(room, newer, version)) == (0, 2, 0)


def test_a_question_that_was_edited_two_versions_ago_is_told_by_its_answer(room):
    long = "It is answered here in a sentence, number {}."
    first = save_rows(room, "pumps", rows(*range(20), answer=long))
    draft = drafts.open_draft(room, first).id
    edits.edit(room, draft, 3, {"prompt": "What of the third pump?"})
    second = drafts.open_draft(room, drafts.save(room, draft)).id
    edits.remove(room, second, Find(positions=[0]))
    diff = compare_versions(room, first, drafts.save(room, second))
    assert counts(diff) == (0, 1, 1)
    assert diff.edited[0].after.prompt == "What of the third pump?"
