"""What a pilot may overturn, and how the recommendation is derived again from it."""

import pytest

from studio.advice.answers import Answers
from studio.advice.pilot import after_pilot
from studio.advice.recommend import recommend
from studio.advice.signals import Signals
from studio.comparison.verdict import find_leader

SOURCES = Answers(needs_sources=True)
TRADE = Answers(special_wording=True, facts_change="never")
LIBRARY = Signals(documents=300, document_tokens=900_000, examples=5_000)


def a_report(decided=True, **means):
    """A finished comparison in which every difference is more than chance, or none is."""
    means = {name.replace("_", "-").replace("rag-plus-", "rag+"): mean for name, mean in means.items()}
    approaches = {name: {"metrics": {"token_f1": {"mean": mean, "n": 60}}} for name, mean in means.items()}
    differences = [
        {
            "a": a,
            "b": b,
            "metric": "token_f1",
            "mean": means[a] - means[b],
            "low": means[a] - means[b] - 0.01,
            "high": means[a] - means[b] + 0.01,
            "decided": decided,
            "questions_needed": None if decided else 90,
        }
        for a in means
        for b in means
        if a < b
    ]
    return {
        "questions": 60,
        "metric": "token_f1",
        "approaches": approaches,
        "differences": differences,
        "leader": find_leader(approaches, differences, "token_f1"),
        "headline": "One leads.",
    }


@pytest.mark.parametrize("answers", [SOURCES, Answers(facts_change="weekly"), Answers(facts_change="daily")])
def test_a_pilot_cannot_bring_back_what_is_ruled_out(answers):
    found = after_pilot(recommend(answers, LIBRARY), a_report(base=0.2, rag=0.5, fine_tuned=0.7))
    assert found.conclusion == "rag"
    assert "Fine-tuned" in found.pilot_says and "ruled out" in found.pilot_says
    assert found.against[0].rule == "pilot"


def test_of_what_is_left_the_best_measured_is_taken():
    report = a_report(base=0.2, rag=0.4, fine_tuned=0.7, rag_plus_fine_tuned=0.6)
    found = after_pilot(recommend(SOURCES, LIBRARY), report)
    assert (found.conclusion, found.overturned) == ("rag+fine-tune", True)


def test_a_base_model_in_front_shows_no_source_either():
    report = a_report(base=0.8, rag=0.5)
    assert after_pilot(recommend(SOURCES, LIBRARY), report).conclusion == "rag"


def test_reasons_are_sorted_anew_and_the_measurement_comes_first():
    first = recommend(TRADE, LIBRARY)
    found = after_pilot(first, a_report(base=0.2, rag=0.7, fine_tuned=0.4))
    assert (first.conclusion, found.conclusion, found.overturned) == ("rag+fine-tune", "rag", True)
    assert (found.reasons[0].source, found.reasons[0].n) == ("measurement", 60)
    assert "RAG 0.70" in found.reasons[0].text and "Fine-tuned 0.40" in found.reasons[0].text
    assert "documents-exist" in [reason.rule for reason in found.reasons]
    assert "special-wording" in [reason.rule for reason in found.against]
    assert found.confidence != first.confidence


def test_after_a_pilot_nobody_is_asked_to_prove_it():
    first = recommend(SOURCES, Signals())
    assert any("Prove it" in sentence for sentence in first.missing)
    for report in (a_report(base=0.2, rag=0.5), a_report(decided=False, base=0.2, rag=0.21)):
        found = after_pilot(first, report)
        assert not any("Prove it" in sentence or "Gather" in sentence for sentence in found.missing)


def test_after_a_pilot_only_what_it_cannot_measure_flips_it():
    found = after_pilot(recommend(TRADE, LIBRARY), a_report(base=0.2, rag=0.5, fine_tuned=0.7))
    assert {flip.key for flip in found.flips} == {"needs_sources", "facts_change"}
    assert {flip.conclusion for flip in found.flips} == {"rag"}


def test_a_base_model_in_front_means_prompting_is_enough():
    found = after_pilot(recommend(TRADE, LIBRARY), a_report(base=0.8, rag=0.5, fine_tuned=0.6))
    assert (found.conclusion, found.title) == ("not yet", "Not yet: prompting is enough")
    assert not any("Gather" in sentence or "prompt as they are" in sentence for sentence in found.missing)


def test_a_choice_that_does_not_lead_is_said_to_be_unbeaten_and_not_confirmed():
    report = a_report(base=0.2, rag=0.5, rag_plus_fine_tuned=0.52)
    for found in report["differences"]:
        found["decided"] = "base" in (found["a"], found["b"])
    report["leader"] = find_leader(report["approaches"], report["differences"], "token_f1")
    said = after_pilot(recommend(SOURCES, LIBRARY), report).pilot_says
    assert "does not overturn the first recommendation (rag): RAG is the simplest" in said
    assert "confirms" not in said


def test_a_choice_that_leads_is_confirmed():
    found = after_pilot(recommend(SOURCES, LIBRARY), a_report(base=0.2, rag=0.5))
    assert "The pilot confirms the first recommendation (rag)." in found.pilot_says
