import json
from dataclasses import fields, replace

import pytest

from studio.advice.answers import QUESTIONS, Answers
from studio.advice.figures import FIGURES
from studio.advice.pilot import after_pilot
from studio.advice.recommend import Recommendation, recommend
from studio.advice.rules import RULES
from studio.advice.signals import Signals
from studio.advice.weighing import weigh
from studio.errors import BadInput

SITUATIONS = [
    (Answers(), Signals()),
    (
        Answers(needs_sources=True, facts_change="weekly", gpu_memory_gb=0),
        Signals(documents=60, examples=800),
    ),
    (Answers(special_wording=True, facts_change="yearly"), Signals(documents=0, examples=4_000)),
    (Answers(automated_flow=True, data_may_leave_host=False), Signals(documents=9, hit_at_k=0.3)),
    (Answers(), Signals(closed_book=0.1, oracle_context=0.8, answer_coverage=0.9, documents=40)),
    (Answers(latency_seconds=1), Signals(examples=10_003, distinct_answers=77, duplicate_share=0.4)),
]


@pytest.mark.parametrize(("answers", "signals"), SITUATIONS)
def test_every_reason_traces_to_an_answer_or_a_measurement(answers, signals):
    found = recommend(answers, signals)
    for reason in (*found.reasons, *found.against):
        assert reason.value is not None
        assert reason.kind in ("answer", "measurement")
        assert reason.source
        assert set(reason.figures) <= set(found.figures)


@pytest.mark.parametrize(("answers", "signals"), SITUATIONS)
def test_reasons_come_heaviest_first(answers, signals):
    weights = [reason.weight for reason in recommend(answers, signals).reasons]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize(("answers", "signals"), SITUATIONS)
def test_every_flip_is_true(answers, signals):
    found = recommend(answers, signals)
    for flip in found.flips:
        other = {flip.key: flip.value}
        if hasattr(answers, flip.key):
            conclusion = recommend(replace(answers, **other), signals).conclusion
        else:
            conclusion = recommend(answers, replace(signals, **other)).conclusion
        assert conclusion == flip.conclusion != found.conclusion


@pytest.mark.parametrize("answers", [answers for answers, _ in SITUATIONS])
@pytest.mark.parametrize("labels", [None, 5, 80])
def test_more_good_examples_never_lower_the_score_of_fine_tuning(answers, labels):
    counts = (0, 9, 10, 99, 100, 400, 999, 1_000, 4_999, 5_000, 100_000)
    weighed = [weigh(answers, Signals(examples=count, distinct_answers=labels)) for count in counts]
    scores = [each.scores["fine-tune"] for each in weighed]
    assert scores == sorted(scores)
    possible = ["fine-tune" in each.allowed for each in weighed]
    assert possible == sorted(possible)


def test_rules_have_names_of_their_own_and_cite_known_figures():
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert {figure for rule in RULES for figure in rule.figures} <= set(FIGURES)


def test_every_question_belongs_to_an_answer_and_says_why_it_is_asked():
    assert [question.key for question in QUESTIONS] == [field.name for field in fields(Answers)]
    assert all(question.why for question in QUESTIONS)


def test_the_sample_size_of_a_measurement_goes_with_its_reason():
    found = recommend(Answers(), Signals(documents=40, hit_at_k=0.9, sample_sizes={"hit_at_k": 30}))
    assert next(reason for reason in found.reasons if reason.rule == "search-finds").n == 30


def test_poor_search_is_said_before_rag_is_trusted():
    found = recommend(Answers(needs_sources=True), Signals(documents=40, hit_at_k=0.2))
    assert any("Mend the search" in sentence for sentence in found.missing)
    assert "search-misses" in [reason.rule for reason in found.against]


def test_few_labels_over_many_rows_name_the_lookup_to_try_first():
    found = recommend(Answers(), Signals(examples=10_000, distinct_answers=77))
    assert any("nearest-neighbour" in sentence for sentence in found.missing)


@pytest.mark.parametrize(
    "given",
    [{"color": "red"}, {"facts_change": "sometimes"}, {"needs_sources": "yes"}, {"latency_seconds": -1}],
)
def test_answers_of_the_wrong_kind_are_refused(given):
    with pytest.raises(BadInput):
        Answers.read(given)


def test_answers_and_signals_are_read_from_json():
    assert Answers.read({"facts_change": "weekly", "needs_sources": None}).facts_change == "weekly"
    assert Signals.read({"documents": 12, "hit_at_k": 0.5}).documents == 12


def leading(choose, decided=True):
    leader = {"approach": choose, "choose": choose, "decided": decided, "questions_needed": 90}
    return {"leader": leader, "headline": "RAG leads."}


def test_a_pilot_that_decides_overturns_the_first_recommendation():
    first = recommend(Answers(special_wording=True), Signals(documents=0, examples=4_000))
    proven = after_pilot(first, leading("rag"))
    assert (first.conclusion, proven.conclusion, proven.overturned) == ("fine-tune", "rag", True)


def test_a_pilot_that_decides_nothing_says_how_many_questions_are_needed():
    first = recommend(Answers(needs_sources=True), Signals(documents=30))
    proven = after_pilot(first, leading("base", decided=False))
    assert (proven.conclusion, proven.overturned) == ("rag", False)
    assert "90 questions" in proven.pilot_says


@pytest.mark.parametrize(("answers", "signals"), SITUATIONS)
def test_a_kept_recommendation_reads_back_as_it_was(answers, signals):
    found = recommend(answers, signals)
    stored = json.loads(json.dumps(found.as_dict()))
    assert json.loads(json.dumps(Recommendation.restored(stored).as_dict())) == stored
    assert Recommendation.restored(stored).reasons[:1] == found.reasons[:1]
