import random
import time
from datetime import date, timedelta

import pytest

from studio.errors import BadInput
from studio.training_sets.examples import Candidate
from studio.training_sets.splitting import Splitting, split


def examples(count, groups=0):
    return [
        Candidate(n, f"Question {n}?", f"Answer {n}.", group=f"g{n % groups}" if groups else "")
        for n in range(count)
    ]


def sides(rows, names, **how):
    """Which of the named groups are held out, and which trained on."""
    out = split(rows, **how).held_out
    marked = list(zip(rows, out, strict=True))
    return [{names(row) for row, held in marked if held is side} for side in (True, False)]


def test_a_tenth_is_held_out_and_always_the_same():
    first = split(examples(240)).held_out
    assert sum(first) == 24
    assert first == split(examples(240)).held_out


def test_another_seed_holds_out_others():
    assert split(examples(240)).held_out != split(examples(240), splitting=Splitting(seed=18)).held_out


def test_the_order_of_the_rows_does_not_matter():
    rows = examples(300, groups=40)
    mixed = random.Random(3).sample(rows, len(rows))
    assert sides(rows, lambda row: row.number) == sides(mixed, lambda row: row.number)


def test_a_group_is_never_on_both_sides():
    out, inside = sides(examples(200, groups=17), lambda row: row.group)
    assert out
    assert not out & inside


def test_the_same_question_in_two_groups_ties_them_together():
    shared = [Candidate(41, "Shared?", "Yes", "g1"), Candidate(42, "shared?", "No", "g2")]
    division = split([*examples(40, groups=10), *shared])
    assert division.groups[1] == division.groups[2] == division.groups[-1] == "g1"


def test_near_duplicates_stay_on_one_side():
    rows = examples(100)
    clusters = [[n, n + 1, n + 2] for n in range(0, 99, 3)]
    out, inside = sides(rows[:99], lambda row: row.number // 3, clusters=clusters)
    assert len(out) == 4
    assert not out & inside


def test_the_same_question_after_other_turns_is_another_question():
    turns = [(("user", f"Talk {n}"), ("assistant", "Yes?")) for n in range(20)]
    rows = [Candidate(n, "And now?", "Stop.", history=said) for n, said in enumerate(turns)]
    assert len(set(split(rows).groups)) == 20


def test_the_newest_are_held_out_by_time():
    rows = [
        Candidate(n, f"Question {n}?", "Yes.", dated=date(2024, 1, 1) + timedelta(days=(n * 37) % 100))
        for n in range(100)
    ]
    division = split(rows, splitting=Splitting(by="time"))
    newest = {row.dated for row, out in zip(rows, division.held_out, strict=True) if out}
    assert newest == {date(2024, 1, 1) + timedelta(days=day) for day in range(90, 100)}
    assert division.since == min(newest)


def test_a_split_by_time_needs_dates():
    with pytest.raises(BadInput, match="date column"):
        split(examples(20), splitting=Splitting(by="time"))


def test_a_side_that_the_table_names_is_kept():
    rows = [Candidate(n, f"Question {n}?", "Yes.", split="held_out" if n < 3 else "train") for n in range(30)]
    assert split(rows).held_out == [True] * 3 + [False] * 27


def test_groups_that_were_stored_give_the_same_groups_again():
    rows = [*examples(40, groups=10), *(Candidate(n, f"Alone {n}?", "Yes.") for n in range(40, 60))]
    first = split(rows)
    again = [Candidate(r.number, r.prompt, r.completion, g) for r, g in zip(rows, first.groups, strict=True)]
    assert list(split(again).groups) == list(first.groups)


def test_at_least_one_group_is_held_out_of_a_small_set():
    assert sum(split(examples(3)).held_out) == 1


def test_one_group_alone_is_trained_on():
    assert not any(split(examples(30, groups=1)).held_out)


def test_no_share_holds_nothing_out():
    assert not any(split(examples(30), splitting=Splitting(share=0)).held_out)


def test_nothing_is_split_into_nothing():
    assert split([]).held_out == []


def test_a_hundred_thousand_examples_take_seconds():
    rows = examples(100_000, groups=20_000)
    start = time.process_time()
    assert sum(split(rows).held_out) == pytest.approx(10_000, rel=0.01)
    assert time.process_time() - start < 5
