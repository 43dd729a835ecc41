"""Which rows count as near duplicates, and which only look like it."""

import pytest

from studio.training_sets.examples import Candidate
from studio.training_sets.quality import Checking, examine

PARTS = (
    "gasket", "valve", "nozzle", "piston", "spindle", "bearing", "flange",
    "pulley", "burner", "damper", "rotor", "stator", "clutch", "chuck",
)  # fmt: skip
DONE = ("cleaned", "greased", "painted", "measured", "polished", "hardened", "welded", "drilled")


def crowd():
    """A hundred rows of a workshop that say different things."""
    return [
        (f"How is the {part} {done} here?", f"The {part} is {done} in bay {n} by the {DONE[n % 8]} crew.")
        for n, (part, done) in enumerate((part, done) for part in PARTS for done in DONE)
    ]


def near(*rows, **options):
    """Positions among `rows` of those that are near duplicates."""
    there = crowd()
    numbered = [Candidate(n, *pair) for n, pair in enumerate([*there, *rows])]
    marks = examine(lambda: iter(numbered), Checking(**options))
    return [n - len(there) for n in marks.rows.get("near_duplicate", [])]


ROW = ("Which oil belongs into the old compressor?", "Use the mineral oil from the red cabinet.")


@pytest.mark.parametrize(
    "question",
    [
        "which oil belongs into the old compressor",
        "Which oil belongs into the old compresor?",
        "Hello, which oil belongs into the old compressor, please?",
        "Into the old compressor, which oil belongs?",
        "Which oil belongs into our old compressor?",
        "Wich oil belongs into the old compressor ?",
        "Which oil belongs into the old compresso?",
    ],
)
def test_the_same_question_in_other_letters_is_a_near_duplicate(question):
    assert near(ROW, (question, ROW[1])) == [1]


def test_an_addition_to_the_answer_makes_no_new_row():
    assert near(ROW, (ROW[0], f"{ROW[1]} Hope this helps.")) == [1]


@pytest.mark.parametrize(
    "row",
    [
        ("Which oil belongs into the new compressor?", "Use the synthetic oil from the blue cabinet."),
        ("Which oil does not belong into the old compressor?", "Never use the oil from the green cabinet."),
        ("Which oil belongs into old compressor 2?", "Use the mineral oil from the red cabinet."),
        ("Is vitamin B in the oil?", "Only a trace."),
    ],
)
def test_another_word_figure_or_negation_is_another_row(row):
    assert near(ROW, ("Is vitamin A in the oil?", "Only a trace."), row) == []


def test_rows_of_a_template_are_no_near_duplicates():
    assert near() == []


def test_labels_must_be_the_same():
    rows = [(f"{question} I ask.", "cleaning" if "clean" in question else "other") for question, _ in crowd()]
    texts = [Candidate(n, *row) for n, row in enumerate(rows)]
    texts += [Candidate(900, rows[0][0].upper(), "cleaning"), Candidate(901, rows[8][0].upper(), "other")]
    marks = examine(lambda: iter(texts))
    assert marks.rows["near_duplicate"] == [900]


def test_answers_that_are_nearly_the_same_contradict_nothing():
    row = Candidate(1, *ROW)
    rows = [row, Candidate(2, ROW[0], ROW[1].lower().rstrip("."))]
    assert "contradiction" not in examine(lambda: iter(rows)).rows


def test_near_questions_are_kept_together_for_the_split():
    rows = [
        Candidate(7, *ROW),
        Candidate(9, ROW[0].lower(), "Ask in the office."),
        Candidate(11, "Why?", "Because."),
    ]
    assert examine(lambda: iter(rows)).clusters == [[7, 9]]


def test_questions_held_out_elsewhere_are_found_among_those_trained_on():
    rows = [Candidate(n, *pair) for n, pair in enumerate([*crowd(), ROW])]
    exact, almost = crowd()[3][0].upper(), "Which oil belongs into the old compresor?"
    marks = examine(lambda: iter(rows), Checking(against=(exact, almost)))
    assert (marks.rows["leakage"], marks.rows["near_leakage"]) == ([3], [len(rows) - 1])


def test_the_held_out_part_is_compared_with_the_trained_part():
    rows = [Candidate(1, *ROW), Candidate(2, ROW[0].lower(), "Another answer.", split="held_out")]
    assert examine(lambda: iter(rows)).rows["leakage"] == [1]


@pytest.mark.parametrize(
    ("question", "misspelt"),
    [
        ("What are the symptoms of psoriasis?", "What are the symptoms of psorasis?"),
        ("How do I close my account?", "How do I close my accout?"),
        ("Is my payment late?", "Is my paymet late?"),
    ],
)
def test_a_letter_lost_in_the_one_word_that_tells_is_a_leak(question, misspelt):
    others = [
        (f"{start} {end}?", f"Answer {n}.")
        for n, (start, end) in enumerate(
            (start, end)
            for start in ("What are the symptoms of", "How do I close my", "Is my")
            for end in ("gout", "shop", "garage", "ledger", "knee", "window", "scurvy", "rickets")
        )
    ]
    rows = [Candidate(n, *row) for n, row in enumerate([*others, (question, "So.")])]
    rows.append(Candidate(len(rows), misspelt, "So.", split="held_out"))
    assert examine(lambda: iter(rows)).rows.get("near_leakage") == [len(others)]
