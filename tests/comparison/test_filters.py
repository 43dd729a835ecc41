from studio.approaches import COMPETING
from studio.comparison.filters import ALL, NONE_RIGHT, UNANSWERABLE, filters, only_right
from studio.comparison.notes import in_advance


def answer(answerable=True, **scores):
    return {"answerable": answerable, "scores": scores}


def test_what_one_approach_alone_got_right_can_be_looked_at():
    answers = [
        answer(base={"figures_right": 0.0}, rag={"figures_right": 1.0}),
        answer(base={"token_f1": 0.1}, rag={"token_f1": 0.2}),
        answer(False, base={"refusal_right": 0.0}, rag={"refusal_right": 1.0}),
    ]
    found = filters(answers, COMPETING)
    assert found == {ALL: [0, 1, 2], only_right("rag"): [0, 2], NONE_RIGHT: [1], UNANSWERABLE: [2]}


def test_what_the_questions_can_tell_is_said_before_they_are_asked():
    assert "too few to tell anything" in in_advance(5, 4)
    assert in_advance(100, 2) == (
        "100 answerable questions show a difference of about 0.08 four times out of five; "
        "smaller ones may stay open."
    )
