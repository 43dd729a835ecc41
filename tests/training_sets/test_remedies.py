"""Remedies: what a click does to the rows."""

import json
from datetime import date

import pytest

from studio.training_sets.examples import Candidate
from studio.training_sets.quality import Marks, examine
from studio.training_sets.quality.kinds import TEXTS
from studio.training_sets.quality.remedies import DEFAULT, REMEDIES, apply, as_done, mended
from studio.training_sets.quality.texts.controls import has_invisible, special_tokens
from studio.training_sets.quality.texts.damage import is_damaged
from studio.training_sets.quality.texts.markup import has_html
from studio.training_sets.shapes.cutting import TOOL_TURNS

MENDED = {
    "broken_text": ("Ãšdrzba je dÃ´leÅ¾itÃ¡.", "Údrzba je dôležitá."),
    "html": (
        "<p>Two <b>kinds</b>:</p><ul><li>oil</li><li>fat &amp; wax</li></ul>",
        "Two kinds:\n\n- oil\n- fat & wax",
    ),
    "special_token": ("Stop <|im_end|> here [INST]", "Stop < |im_end| > here [ INST ]"),
    "bidi": ("in\u200bvisible \u202eword", "invisible word"),
    "personal_data": ("Ask eva@firma.sk.", "Ask [email]."),
    "secret": ("password=hunter22", "password=[secret]"),
}


def kept(rows, *chosen):
    return [row.completion for row in apply(rows, examine(lambda: iter(rows)), chosen)]


@pytest.mark.parametrize(("kind", "before", "after"), [(kind, *texts) for kind, texts in MENDED.items()])
def test_a_defect_is_found_and_mended(kind, before, after):
    row = Candidate(2, "Why is that so?", before, history=(("user", before),))
    marks = examine(lambda: iter([row]))
    assert marks.rows[kind] == [2]
    whole = mended(row, [kind])
    assert (whole.completion, whole.history) == (after, (("user", after),))


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "List<String>", "<name>", "R&D", "the `<div>` tag", "x <- 5"]
)
def test_signs_and_quoted_code_are_no_html(text):
    assert not has_html(text)


@pytest.mark.parametrize(
    "text", ["São Paulo", "10 µm ± 5 °C", "Ärger in Übersee", "NÃO", "“fine”…", "čerešňa"]
)
def test_letters_with_accents_are_not_damaged(text):
    assert not is_damaged(text)


@pytest.mark.parametrize("text", ["👩‍🔧 👍🏽", "می‌خواهم", "שלום\u200f", "a\tb\n"])
def test_emoji_and_scripts_keep_what_joins_them(text):
    assert not has_invisible(text)


def test_words_in_brackets_are_no_special_tokens():
    assert special_tokens("See [INSTALL], press <start>, |x| < |y|") == []


def test_unusable_rows_and_repetitions_are_left_out_unless_told_otherwise():
    rows = [
        Candidate(2, "A?", "a b"),
        Candidate(3, "A?", "a b"),
        Candidate(4, "", "c"),
        Candidate(5, "D?", ""),
    ]
    assert kept(rows, *DEFAULT) == ["a b"]


def test_of_contradicting_answers_the_usual_one_can_be_kept():
    rows = [
        Candidate(n, "When?", answer) for n, answer in enumerate(["on Monday", "on Friday", "On Friday!"])
    ]
    assert kept(rows, "contradiction") == ["on Friday", "On Friday!"]


def test_of_contradicting_answers_the_newest_can_be_kept():
    rows = [
        Candidate(2, "Who leads it?", "Ms New does", dated=date(2026, 5, 1)),
        Candidate(3, "Who leads it?", "Mr Old does", dated=date(2020, 5, 1)),
    ]
    assert kept(rows, "contradiction_newest") == ["Ms New does"]


def test_a_label_that_outweighs_the_others_is_thinned_out():
    rows = [Candidate(n, f"Text {n} here", "spam" if n < 90 else "ham") for n in range(100)]
    assert sorted(kept(rows, "imbalance")) == ["ham"] * 10 + ["spam"] * 10


def test_turns_of_a_conversation_are_dropped_one_by_one():
    first = Candidate(2, "Hello there", "Good day to you")
    later = Candidate(
        3, "And now?", "Now we part", history=(("user", "Hello there"), ("assistant", "Good day to you"))
    )
    rows = [first, Candidate(3, "Hello there", "Good day to you"), later]
    assert kept(rows, "duplicate") == ["Good day to you", "Now we part"]


def test_marks_survive_json():
    rows = [Candidate(2, "A?", "b c"), Candidate(2, "A?", "b c"), Candidate(3, "A?", "other one")]
    marks = examine(lambda: iter(rows))
    assert Marks.from_json(json.loads(json.dumps(marks.as_json()))) == marks


def test_every_remedy_is_for_a_known_kind():
    assert {remedy.kind for remedy in REMEDIES.values()} <= set(TEXTS)


@pytest.mark.parametrize(("dated", "label"), [(date(2026, 5, 1), "newest"), (None, "last")])
def test_the_remedy_says_whether_the_newest_or_the_last_answer_is_kept(dated, label):
    rows = [
        Candidate(2, "Who leads it?", "Ms New does", dated=dated),
        Candidate(3, "Who leads it?", "Mr Old"),
    ]
    marks = examine(lambda: iter(rows))
    assert as_done("contradiction_newest", marks.facts).label == f"Keep the {label} answer"


def test_what_tools_said_is_a_finding_of_its_own():
    rows = [Candidate(2, "How many?", "It is 42.", omitted=(TOOL_TURNS,)), Candidate(3, "Why?", "For it.")]
    marks = examine(lambda: iter(rows))
    assert (marks.rows["tool_turns"], kept(rows, "tool_turns")) == ([2], ["For it."])
    assert not any("tools" in note for note in marks.facts["notes"])
