from studio.training_sets.examples import Candidate
from studio.training_sets.splitting import held_out


def examples(count, groups=0):
    return [
        Candidate(n, f"Question {n}?", f"Answer {n}.", group=f"g{n % groups}" if groups else "")
        for n in range(count)
    ]


def test_a_tenth_is_held_out_and_always_the_same():
    marks = held_out(examples(240))
    assert sum(marks) == 24
    assert marks == held_out(examples(240))


def test_a_group_is_never_on_both_sides():
    rows = examples(200, groups=17)
    marks = held_out(rows)
    out = {row.group for row, mark in zip(rows, marks, strict=True) if mark}
    inside = {row.group for row, mark in zip(rows, marks, strict=True) if not mark}
    assert out
    assert not out & inside


def test_the_same_question_in_two_groups_ties_them_together():
    rows = [
        *examples(40, groups=10),
        Candidate(41, "Shared?", "Yes", "g1"),
        Candidate(42, "shared?", "No", "g2"),
    ]
    marks = held_out(rows, share=0.3)
    sides = {mark for row, mark in zip(rows, marks, strict=True) if row.group in ("g1", "g2")}
    assert len(sides) == 1


def test_at_least_one_group_is_held_out_of_a_small_set():
    assert sum(held_out(examples(3))) == 1


def test_one_group_alone_is_trained_on():
    assert not any(held_out(examples(30, groups=1)))


def test_no_share_holds_nothing_out():
    assert not any(held_out(examples(30), share=0))
