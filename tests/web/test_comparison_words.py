"""What a comparison found, in sentences: never more certain than the interval."""

from studio.web.parts.comparison import answers_csv
from studio.web.parts.comparison_words import between, clear, difference_sentence, headline


def difference(a="rag", b="base", mean=0.21, low=0.12, high=0.3, **more):
    return {"a": a, "b": b, "metric": "token_f1", "mean": mean, "low": low, "high": high, **more}


def report(*differences, **means):
    approaches = {
        name: {"metrics": {"token_f1": {"mean": mean, "low": mean - 0.1, "high": mean + 0.1}}}
        for name, mean in means.items()
    }
    return {"questions": 48, "approaches": approaches, "differences": list(differences)}


def test_a_clear_winner_is_called_clear():
    said = headline(report(difference(), rag=0.41, base=0.2), "token_f1")
    assert said.startswith("**RAG** scores highest on 48 questions") and "clearly ahead" in said


def test_a_lead_that_chance_could_explain_is_named_as_such():
    said = headline(report(difference(low=-0.02), rag=0.41, base=0.2), "token_f1")
    assert "chance could explain its lead over Base model" in said


def test_a_high_p_is_not_clear_even_when_the_interval_leaves_zero_out():
    assert not clear(difference(p=0.08))


def test_a_difference_is_found_whichever_way_round_it_was_stored():
    found = between(report(difference()), "token_f1", "base", "rag")
    assert (found["mean"], found["low"], found["high"]) == (-0.21, -0.3, -0.12)


def test_a_negative_difference_is_told_from_the_better_side():
    said = difference_sentence(difference("base", "rag", -0.21, -0.3, -0.12))
    assert said == "RAG scores 0.21 more than Base model (95 % from 0.12 to 0.30)."


def test_too_few_questions_are_said_to_be_too_few():
    assert "too few questions" in difference_sentence(difference(low=None, high=None))


def test_an_answer_that_looks_like_a_formula_is_harmless_in_a_spreadsheet():
    given = {"approaches": {"base": {}}, "answers": [{"question": "q", "reference": "r", "base": "=1+1"}]}
    assert "'=1+1" in answers_csv(given)
