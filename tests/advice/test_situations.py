"""Fifty situations and their conclusions, and that every single change keeps the explanation consistent."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from studio.advice.answers import FACTS_CHANGE, Answers
from studio.advice.explained import explained
from studio.advice.figures import FIGURES
from studio.advice.recommend import recommend
from studio.advice.rules import RULES
from studio.advice.signals import SIGNAL_TEXTS, Signals
from studio.advice.weighing import what_is_known
from tests.advice.situations import SITUATIONS

BY_ID = {rule.id: rule for rule in RULES}
MAYBE = some.sampled_from([None, True, False])
SHARE = some.one_of(some.none(), some.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.95, 1.0]))
COUNT = some.sampled_from([None, 0, 1, 30, 100, 999, 1_000, 5_000, 300_000])
ANSWERS = some.builds(
    Answers,
    needs_sources=MAYBE,
    facts_change=some.sampled_from([None, *FACTS_CHANGE]),
    fixed_form=MAYBE,
    special_wording=MAYBE,
    combines_documents=MAYBE,
    automated_flow=MAYBE,
    fits_in_context=MAYBE,
    latency_seconds=some.sampled_from([None, 0.5, 20.0]),
    data_may_leave_host=MAYBE,
    gpu_memory_gb=some.sampled_from([None, 0.0, 24.0]),
)
SIGNALS = some.builds(
    Signals,
    documents=COUNT,
    document_tokens=COUNT,
    examples=COUNT,
    distinct_answers=COUNT,
    closed_book=SHARE,
    oracle_context=SHARE,
    reads_passages=MAYBE,
    hit_at_k=SHARE,
    answer_coverage=SHARE,
    nearest_neighbour=SHARE,
    contradiction_share=SHARE,
    changed_share=SHARE,
    vocabulary_distance=some.sampled_from([None, 1.0, 1.5]),
)


@pytest.mark.parametrize("one", SITUATIONS, ids=lambda one: one.name)
def test_a_situation_leads_to_its_conclusion(one):
    found = recommend(Answers(**one.said), Signals(**one.measured))
    assert found.conclusion in one.concluded, [reason.rule for reason in found.reasons]


def test_there_are_more_than_forty_situations_each_with_a_reason():
    assert len({one.name for one in SITUATIONS}) == len(SITUATIONS) > 40
    assert all(one.why in FIGURES or len(one.why.split()) > 1 for one in SITUATIONS)


def test_every_conclusion_stands_in_the_table():
    assert {one.concluded for one in SITUATIONS} >= {
        ("rag",),
        ("fine-tune",),
        ("rag+fine-tune",),
        ("not yet",),
    }


def consistent(found, answers, signals):
    """Every reason is a rule that holds for these very values, on the right side, with a source."""
    known = what_is_known(answers, signals)
    for reason in (*found.reasons, *found.against):
        rule = BY_ID[reason.rule]
        assert rule.holds(known)
        assert (reason.value, reason.text, reason.source) == (known[rule.signal], rule.text, rule.source)
    told = {reason.rule for reason in (*found.reasons, *found.against)}
    assert told == {rule.id for rule in RULES if rule.holds(known)}
    assert all(found.conclusion not in BY_ID[rule].forbids for rule in told)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(ANSWERS, SIGNALS)
def test_every_single_flip_keeps_the_explanation_consistent(answers, signals):
    found = recommend(answers, signals)
    consistent(found, answers, signals)
    for flip in found.flips:
        changed = {flip.key: flip.value}
        if hasattr(answers, flip.key):
            other = (replace(answers, **changed), signals)
        else:
            other = (answers, replace(signals, **changed))
        then = recommend(*other)
        assert then.conclusion == flip.conclusion != found.conclusion
        consistent(then, *other)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(ANSWERS, SIGNALS)
def test_every_measured_value_is_explained_in_one_sentence(answers, signals):
    told = explained(answers, signals)
    assert [one.key for one in told] == [key for key in SIGNAL_TEXTS if getattr(signals, key) is not None]
    for one in told:
        assert one.sentence.endswith(".")
        assert (one.direction == "neither way") == (not any(BY_ID[rule].pushes for rule in one.rules))
