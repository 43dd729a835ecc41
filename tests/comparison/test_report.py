from studio.approaches import APPROACHES, COMPETING, Means, possible
from studio.comparison.question_sets import Question
from studio.comparison.report import ComparisonReport, StoredAnswer, build_report, primary_metric


def report(scores, excluded=0):
    """A report over answers with these token F1 scores by approach."""
    size = len(next(iter(scores.values())))
    questions = {at: Question(f"Question {at}?", f"A long reference answer {at}.") for at in range(size)}
    answers = [
        StoredAnswer(at, approach, "An answer.", [], {"token_f1": value}, 0.5)
        for approach, values in scores.items()
        for at, value in enumerate(values)
    ]
    return build_report(questions, answers, excluded).as_dict()


def around(mean, size=40):
    return [mean + 0.1 * ((at * 7) % 11 - 5) / 5 for at in range(size)]


def test_the_shape_that_other_programs_rely_on():
    found = report({"base": around(0.2), "rag": around(0.5)}, excluded=2)
    assert {"questions", "excluded", "approaches", "differences", "answers"} <= set(found)
    assert set(found["approaches"]["rag"]["metrics"]["token_f1"]) == {"mean", "low", "high", "n"}
    assert found["approaches"]["rag"]["seconds_per_answer"] == 0.5
    assert {"a", "b", "metric", "mean", "low", "high", "p"} <= set(found["differences"][0])
    assert found["answers"][0]["base"] == "An answer."


def test_the_leader_is_chosen_when_it_beats_the_base_model():
    leader = report({"base": around(0.2), "rag": around(0.6), "fine-tuned": around(0.3)})["leader"]
    assert (leader["approach"], leader["choose"], leader["decided"]) == ("rag", "rag", True)


def test_among_equals_the_simpler_one_is_chosen():
    leader = report({"base": around(0.2), "rag": around(0.6), "rag+fine-tuned": around(0.601)[::-1]})[
        "leader"
    ]
    assert (leader["choose"], leader["decided"]) == ("rag", True)


def test_equal_approaches_have_no_winner_and_the_headline_says_so():
    found = report({"base": around(0.30, 12), "rag": around(0.31, 12)[::-1]})
    assert not found["leader"]["decided"]
    assert "no difference shown" in found["headline"]
    assert "questions would be needed" in found["headline"]


def test_the_base_model_wins_when_it_beats_every_other():
    leader = report({"base": around(0.6), "fine-tuned": around(0.2)})["leader"]
    assert (leader["choose"], leader["decided"]) == ("base", True)


def test_several_looks_are_corrected_for():
    found = report({name: around(0.3 + 0.02 * at) for at, name in enumerate(COMPETING)})
    assert len(found["differences"]) == 6
    assert all(difference["p_adjusted"] >= difference["p"] for difference in found["differences"])


def test_few_questions_are_said():
    assert any("40 to 100" in note for note in report({"base": around(0.2, 8)})["notes"])


def test_nothing_answered_yet_is_a_report_too():
    assert build_report({0: Question("Why?", "So.")}, [], 0).headline == "Nothing has been scored yet."


def test_labels_are_compared_exactly():
    assert (
        primary_metric([Question(f"Text {n}", ["card", "cash"][n % 2]) for n in range(20)]) == "exact_match"
    )
    assert primary_metric([Question("Why?", "Because the valve is closed.")]) == "token_f1"


def test_what_is_possible_follows_from_what_there_is():
    assert possible(Means(library=True)) == ["base", "rag"]
    assert possible(Means(library=True, adapter=True)) == list(COMPETING)
    assert possible(Means(library=True, adapter=True, second=True)) == list(APPROACHES)


def test_a_tie_of_all_is_not_told_as_a_lead():
    said = report({"base": [0.0] * 12, "rag": [0.0] * 12})["headline"]
    assert said == (
        "All approaches score the same (word overlap (token F1) 0.00, n = 12): "
        "these questions do not tell them apart."
    )


def test_the_lead_over_the_runner_up_is_named_beside_that_over_the_base_model():
    said = report({"base": around(0.1), "fine-tuned": around(0.3), "rag+fine-tuned": around(0.6)})["headline"]
    assert said.startswith(
        "RAG + fine-tuned leads by word overlap (token F1): 0.60 (n = 40), 0.30 above Fine-t"
    )
    assert "and 0.50 above the base model" in said
    assert said.endswith(": more than chance.")


def test_a_lead_over_the_base_model_alone_is_told_as_that():
    found = report({"base": around(0.1), "rag": around(0.6), "rag+fine-tuned": around(0.601)[::-1]})
    assert "leads" not in found["headline"]
    assert "It beats the base model by more than chance; it is not shown to beat RAG" in found["headline"]


def test_three_questions_decide_nothing_and_say_what_to_do():
    found = report({"base": [0.1, 0.0, 0.2], "rag": [0.5, 0.4, 0.6]})
    assert not found["leader"]["decided"]
    assert found["differences"][0]["questions_needed"] is None
    assert "3 questions are too few to tell, ask at least 20 to 40" in found["headline"]


def test_what_the_correction_leaves_undecided_needs_more_questions():
    found = report({name: around(0.3 + 0.03 * at, 14)[:: (-1) ** at] for at, name in enumerate(APPROACHES)})
    undecided = [one for one in found["differences"] if not one["decided"]]
    assert undecided
    assert all(one["questions_needed"] is None or one["questions_needed"] > 14 for one in undecided)


def test_what_the_manner_of_the_references_scores_by_itself_is_said():
    found = report({"base": around(0.2)})
    assert found["form_baseline"] == 0.75
    assert any("would score 0.75" in note for note in found["notes"])
    assert report({"base": around(0.2, 5)})["form_baseline"] is None


def test_a_report_stored_without_the_form_baseline_is_read():
    stored = report({"base": around(0.2)})
    del stored["form_baseline"]
    assert ComparisonReport.restored(stored).form_baseline is None


def test_the_notes_say_when_another_approach_gets_the_figures_right():
    questions = {at: Question(f"Question {at}?", f"A long reference answer {at}.") for at in range(12)}
    scored = {
        "rag": {"token_f1": 0.2, "figures_right": 0.8},
        "fine-tuned": {"token_f1": 0.4, "figures_right": 0.1},
    }
    answers = [
        StoredAnswer(at, name, "An answer.", [], scores, 0.5)
        for name, scores in scored.items()
        for at in questions
    ]
    assert "RAG gets 80% of them right, Fine-tuned 10%" in " ".join(build_report(questions, answers, 0).notes)


def test_what_stands_beside_neither_leads_nor_costs_the_others_certainty() -> None:
    scores = {"base": around(0.2), "rag": around(0.5), "rag+fine-tuned": around(0.4)}
    without = report(scores)
    found = report(scores | {"combined": around(0.9)})
    assert found["leader"] == without["leader"]
    beside = [one for one in found["differences"] if "combined" in (one["a"], one["b"])]
    assert {(one["a"], one["b"]) for one in beside} == {("rag+fine-tuned", "combined")}
    assert [one for one in found["differences"] if one not in beside] == without["differences"]
