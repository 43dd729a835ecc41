"""The founding rules as situations; each test is one line of the table they came from."""

import pytest

from studio.advice.answers import Answers
from studio.advice.recommend import recommend
from studio.advice.signals import Signals

TRADE = Answers(special_wording=True, facts_change="never")
NOTHING_TO_LOOK_UP = Signals(documents=0, examples=5_000)


def conclude(answers, signals=Signals()):  # noqa: B008 - frozen
    return recommend(answers, signals).conclusion


@pytest.mark.parametrize(
    "signals", [Signals(), Signals(documents=300, examples=0), Signals(documents=60, examples=800)]
)
def test_1_facts_from_outside_with_sources_shown_is_rag(signals):
    assert conclude(Answers(needs_sources=True), signals) == "rag"


@pytest.mark.parametrize("examples", [1_000, 3_000, 10_000])
def test_2_stable_wording_and_thousands_of_examples_is_fine_tuning(examples):
    assert conclude(TRADE, Signals(documents=0, examples=examples)) == "fine-tune"


def test_3_the_same_with_thirty_examples_is_not_and_says_how_many_more_and_why():
    found = recommend(TRADE, Signals(documents=0, examples=30))
    assert found.conclusion == "not yet"
    assert (found.examples_needed.for_a_trial, found.examples_needed.for_comfort) == (70, 970)
    assert any("970 more" in sentence and "small range" in sentence for sentence in found.missing)


@pytest.mark.parametrize("documents", [None, 0, 300])
@pytest.mark.parametrize("change", ["weekly", "daily"])
def test_4_the_same_with_facts_that_change_weekly_needs_rag(documents, change):
    answers = Answers(special_wording=True, facts_change=change)
    assert conclude(answers, Signals(documents=documents, examples=5_000)) in ("rag", "rag+fine-tune")


@pytest.mark.parametrize("signals", [Signals(), Signals(documents=200, document_tokens=900_000)])
def test_5_combining_points_of_knowledge_across_documents_is_rag(signals):
    assert conclude(Answers(combines_documents=True), signals) == "rag"


@pytest.mark.parametrize("change", ["never", "monthly", "weekly", "daily"])
def test_6_an_automated_flow_is_both_however_often_facts_change(change):
    enough = Signals(documents=60, document_tokens=900_000, examples=2_000)
    assert conclude(Answers(automated_flow=True, facts_change=change), enough) == "rag+fine-tune"


@pytest.mark.parametrize(
    "signals", [Signals(), Signals(documents=100), Signals(documents=100, examples=2_000)]
)
def test_6_an_automated_flow_with_fixed_form_and_company_facts_is_both(signals):
    assert conclude(Answers(automated_flow=True, fixed_form=True), signals) == "rag+fine-tune"


def test_6_more_evidence_for_facts_does_not_take_the_form_away():
    answers = Answers(automated_flow=True, fixed_form=True, needs_sources=True)
    signals = Signals(
        documents=300, examples=2_000, answer_coverage=0.9, hit_at_k=0.9, contradiction_share=0.2
    )
    assert conclude(answers, signals) == "rag+fine-tune"


@pytest.mark.parametrize("documents", [None, 0, 50])
@pytest.mark.parametrize("examples", [None, 0, 100, 100_000])
@pytest.mark.parametrize("change", [None, "never", "daily"])
def test_7_traceable_answers_are_never_fine_tuning_alone(documents, examples, change):
    answers = Answers(needs_sources=True, special_wording=True, fixed_form=True, facts_change=change)
    signals = Signals(documents=documents, examples=examples, distinct_answers=5, oracle_context=0.1)
    assert conclude(answers, signals) != "fine-tune"


@pytest.mark.parametrize("answers", [Answers(), Answers(fixed_form=True)])
def test_8_short_texts_into_fixed_labels_with_ten_thousand_rows_is_fine_tuning(answers):
    assert conclude(answers, Signals(documents=0, examples=10_000, distinct_answers=77)) == "fine-tune"


@pytest.mark.parametrize("fits", [True, None])
def test_9_a_dozen_short_documents_go_into_the_prompt(fits):
    found = recommend(
        Answers(fits_in_context=fits), Signals(documents=12, document_tokens=18_000, examples=0)
    )
    assert found.conclusion == "not yet"
    assert any("put them into the prompt" in sentence for sentence in found.missing)


def test_9_the_same_documents_once_they_have_grown_are_rag():
    assert conclude(Answers(), Signals(documents=400, document_tokens=900_000, examples=0)) == "rag"


def test_10_no_documents_and_no_examples_says_what_to_gather():
    found = recommend(Answers(), Signals(documents=0, examples=0))
    assert found.conclusion == "not yet"
    assert any("Gather the documents" in sentence for sentence in found.missing)
    assert any("Collect" in sentence for sentence in found.missing)


def test_nothing_known_is_not_yet():
    assert conclude(Answers()) == "not yet"


FLOW = {"automated_flow": True, "fixed_form": True}
WORDING = {"special_wording": True, "fixed_form": True}


@pytest.mark.parametrize("form", [FLOW, WORDING, FLOW | WORDING, FLOW | {"needs_sources": True}])
@pytest.mark.parametrize("change", ["weekly", "daily"])
@pytest.mark.parametrize("examples", [1_000, 3_000, 10_000])
def test_4_and_6_facts_that_change_weekly_do_not_take_the_form_away(form, change, examples):
    found = recommend(Answers(**form, facts_change=change), Signals(documents=200, examples=examples))
    assert found.conclusion == "rag+fine-tune"
    assert any("facts in RAG, only the form in the adapter" in reason.text for reason in found.reasons)


@pytest.mark.parametrize("change", [None, "never", "monthly", "weekly"])
@pytest.mark.parametrize("changed", [None, 0.5])
def test_6_holds_however_often_the_facts_change(change, changed):
    answers = Answers(**FLOW, facts_change=change)
    assert conclude(answers, Signals(documents=100, changed_share=changed)) == "rag+fine-tune"
    assert conclude(answers, Signals(documents=100, examples=30)) == "rag"
