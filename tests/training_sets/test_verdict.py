"""The verdict weighs every defect that nothing settles, and says the gravest with its number."""

import pytest

from studio.training_sets.examples import Candidate
from studio.training_sets.quality import QualityReport, check, examine, report
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.verdict import RULES, Evidence, judge
from studio.training_sets.reading import Table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.shapes.mapping import Mapping

WORDS = ["pump", "valve", "motor", "belt", "wheel", "chain", "spring", "gear", "shaft", "screw"]


def good(count: int) -> list[list[str]]:
    return [
        [f"How is {WORDS[n % 10]} {n} mended?", f"Oil its {WORDS[n // 10 % 10]} {n}."] for n in range(count)
    ]


def checked(rows: list[list[str]], columns: tuple[str, ...] = ("question", "answer")) -> QualityReport:
    table = Table(list(columns), rows)
    return check(table, guess_mapping(table))


def sound(**other: object) -> Evidence:
    return Evidence(**({"kept": 2_000, "total": 2_000, "different": 2_000, "answers": 2_000} | other))  # type: ignore[arg-type]


def test_a_clean_set_is_enough() -> None:
    assert judge(sound()) == ("enough", "2,000 usable examples with 2,000 different answers.")


@pytest.mark.parametrize("kind", RULES)
def test_every_grave_defect_makes_a_set_thin_and_is_named(kind: str) -> None:
    verdict, why = judge(sound(open={kind: 600}, faulty=600))
    assert (verdict, "30%" in why, RULES[kind].what in why, RULES[kind].first in why) == (
        "thin",
        True,
        True,
        True,
    )


@pytest.mark.parametrize("kind", [kind for kind in RULES if kind != "secret"])
def test_a_few_rows_with_a_defect_leave_a_set_enough(kind: str) -> None:
    assert judge(sound(open={kind: 60}, faulty=60))[0] == "enough"


def test_a_single_key_must_be_settled_before_training() -> None:
    assert judge(sound(open={"secret": 1, "html": 900}, faulty=901))[1].startswith(
        "A password or key in 1 of 2,000 rows: mask"
    )


def test_many_small_defects_count_together() -> None:
    verdict, why = judge(sound(open={"html": 150, "too_long": 120}, faulty=270))
    assert (verdict, why[:42]) == ("thin", "14% of the rows would teach something wron")


def test_questions_without_answers_are_unusable() -> None:
    table = Table(["text"], [[question] for question, _ in good(120)])
    found = check(table, Mapping(shape="text", completion="text"))
    assert (found.verdict, "questions without answers" in found.why) == ("unusable", True)


def test_half_html_and_addresses_are_thin() -> None:
    rows = [
        [q, f"<p>{a}</p> Write to x{n}@post.example"] if n < 80 else [q, a]
        for n, (q, a) in enumerate(good(200))
    ]
    found = checked(rows)
    assert (found.verdict, "in 40% of the rows" in found.why) == ("thin", True)


def test_a_chosen_remedy_settles_its_defect() -> None:
    rows = [Candidate(n, q, f"<p>{a}</p>") for n, (q, a) in enumerate(good(200))]
    marks = examine(lambda: iter(rows))
    verdicts = [
        report(marks, Mapping("question", "answer"), chosen=chosen).verdict for chosen in ((), ("html",))
    ]
    assert verdicts == ["thin", "enough"]


def test_rows_too_long_to_be_read_whole_are_thin() -> None:
    assert "in 79% of the rows: shorten" in judge(sound(open={"too_long": 1_580}, faulty=1_580))[1]


def test_nearly_the_same_text_again_and_again_is_thin() -> None:
    found = checked([[f"The pump of hall {n} is checked every morning."] for n in range(300)], ("text",))
    assert found.verdict == "thin"


def test_faults_are_named_where_few_rows_remain() -> None:
    rows = good(100)
    faulty = [[q, f"<b>{a}</b>"] for q, a in rows[:20]] + [[q, ""] for q, _ in rows[20:30]] + rows[30:]
    found = checked(faulty)
    assert (found.verdict, found.why[:32]) == ("thin", "HTML in 20% of the rows: take th")


def test_rows_left_out_are_told_where_too_few_remain() -> None:
    found = checked([[q, a if n >= 10 else ""] for n, (q, a) in enumerate(good(100))])
    assert found.why.endswith("10 rows are left out, the commonest reason: empty answer (10).")


def test_answers_without_support_are_thin_whatever_the_size() -> None:
    marks = Marks(
        5_000,
        {"unsupported": list(range(100))},
        facts={"judged": 100, "distinct_rows": 5_000, "distinct_answers": 5_000},
    )
    found = report(marks, Mapping("question", "answer"), chosen=())
    assert (found.verdict, "not supported" in found.why) == ("thin", True)


def test_questions_trained_on_that_measure_are_thin() -> None:
    marks = Marks(
        5_000,
        {"leakage": list(range(30))},
        facts={"measuring": 100, "distinct_rows": 5_000, "distinct_answers": 5_000},
    )
    assert report(marks, Mapping("question", "answer")).why.startswith("30% of the questions held out")


def test_a_hundred_answers_of_their_own_are_no_labels() -> None:
    assert checked(good(100)).verdict == "enough"


def test_labels_with_few_rows_each_are_thin() -> None:
    found = checked([[f"How is {WORDS[n % 10]} {n} mended?", f"label {n % 40}"] for n in range(200)])
    assert found.why == "200 usable examples for 40 labels: aim at 20 for each."


def test_one_example_is_named_as_one() -> None:
    assert checked(good(1)).why.startswith("1 usable example;")
