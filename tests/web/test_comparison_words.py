"""What a comparison found, in sentences: never more certain than the interval."""

from studio.web.parts.charts import approaches_plot
from studio.web.parts.comparison import answers_csv
from studio.web.parts.comparison_words import difference_sentence, plot_caption, shown


def difference(a="rag", b="base", mean=0.21, low=0.12, high=0.3, **more):
    found = {"a": a, "b": b, "metric": "token_f1", "mean": mean, "low": low, "high": high}
    return {**found, "decided": True, "questions_needed": None, **more}


def test_a_shown_difference_names_its_interval():
    said = difference_sentence(difference())
    assert said == "RAG scores 0.21 more than Base model (95 % interval 0.12 to 0.30)."


def test_a_negative_difference_is_told_from_the_better_side():
    said = difference_sentence(difference("base", "rag", -0.21, -0.3, -0.12))
    assert said == "RAG scores 0.21 more than Base model (95 % interval 0.12 to 0.30)."


def test_a_difference_that_is_not_shown_says_how_many_questions_would_tell():
    said = difference_sentence(difference(low=-0.02, decided=False, questions_needed=120))
    assert "no difference shown" in said and "About 120 questions" in said


def test_too_few_questions_are_said_to_be_too_few():
    assert "too few questions" in difference_sentence(difference(low=None, high=None))


def test_shares_are_shown_in_per_cent():
    assert (shown("exact_match", 0.5), shown("token_f1", 0.5), shown("token_f1", None)) == (
        "50%",
        "0.50",
        "–",
    )


def test_an_answer_that_looks_like_a_formula_is_harmless_in_a_spreadsheet():
    given = {"approaches": {"base": {}}, "answers": [{"question": "q", "reference": "r", "base": "=1+1"}]}
    assert "'=1+1" in answers_csv(given)


def test_the_caption_says_when_there_is_no_interval_and_what_the_dashed_line_is():
    assert "too few for an interval" in plot_caption([{"n": 3, "low": None}], None)
    assert "Dashed line (0.21)" in plot_caption([{"n": 48, "low": 0.2}], 0.21)


def test_only_a_given_line_is_drawn():
    row = {"approach": "base", "mean": 0.3, "low": 0.2, "high": 0.4}
    assert len(approaches_plot([row], "Word overlap", line=0.21)["layer"]) == 5
    assert len(approaches_plot([row], "Word overlap")["layer"]) == 3
