"""What the recommendation says: why not yet, what comes first, and sentences that read well."""

import json

import pytest

from studio.__main__ import main
from studio.advice.answers import Answers
from studio.advice.recommend import recommend
from studio.advice.signals import Signals
from studio.errors import BadInput

NOTHING = Signals(documents=0, examples=0)
A_DOZEN = Signals(documents=12, document_tokens=18_000, examples=0)


@pytest.mark.parametrize(
    ("answers", "signals", "title"),
    [
        (Answers(), Signals(), "Not yet: gather first"),
        (Answers(), NOTHING, "Not yet: gather first"),
        (Answers(), A_DOZEN, "Not yet: put the documents into the prompt"),
        (Answers(fits_in_context=True), Signals(), "Not yet: put the documents into the prompt"),
        (Answers(), Signals(documents=40, closed_book=0.9), "Not yet: prompting is enough"),
    ],
)
def test_not_yet_speaks_for_its_own_reason(answers, signals, title):
    found = recommend(answers, signals)
    assert (found.conclusion, found.title) == ("not yet", title)
    said = f"{found.meaning} {' '.join(found.missing)}"
    assert ("Gather the documents" in said) == title.endswith("gather first")
    assert ("prompt as they are" in said) == title.endswith("into the prompt")


def test_documents_too_long_for_a_prompt_are_never_put_into_one():
    signals = Signals(documents=400, document_tokens=900_000, hit_at_k=0.1, answer_coverage=0.1)
    for fits in (None, True):
        found = recommend(Answers(fits_in_context=fits), signals)
        assert not any("prompt" in sentence or "Gather" in sentence for sentence in found.missing)


@pytest.mark.parametrize("documents", [0, None])
def test_rag_without_documents_says_to_gather_them_first(documents):
    found = recommend(Answers(needs_sources=True, facts_change="weekly"), Signals(documents=documents))
    assert found.conclusion == "rag"
    assert found.meaning.startswith("First gather the documents")
    assert found.missing[0].startswith("Gather the documents first")


@pytest.mark.parametrize("value", [-0.1, 1.4, 40])
@pytest.mark.parametrize("key", ["hit_at_k", "closed_book", "changed_share"])
def test_a_score_outside_0_to_1_is_refused_by_name(key, value):
    with pytest.raises(BadInput, match=f"{key}.*from 0 to 1"):
        Signals().overridden({key: value})


@pytest.mark.parametrize("text", ['{"documents": Infinity}', '{"documents": NaN}', '{"hit_at_k": Infinity}'])
def test_numbers_that_are_none_are_refused(text):
    with pytest.raises(BadInput):
        Signals.read(json.loads(text))


def test_a_change_that_flips_the_advice_reads_as_a_sentence():
    found = recommend(Answers(), Signals(documents=0, examples=0))
    texts = " ".join(flip.text for flip in found.flips)
    assert "With 500 documents ready to be searched, the recommendation would be rag." in texts
    assert "e+" not in texts and "were the" not in texts


def test_the_command_prints_what_is_missing_and_how_many_examples(tmp_path, capsys):
    answers, signals = tmp_path / "answers.json", tmp_path / "signals.json"
    answers.write_text('{"needs_sources": true}')
    signals.write_text('{"documents": 0, "examples": 30}')
    assert main(["advise", "--answers", str(answers), "--signals", str(signals)]) == 0
    out = capsys.readouterr().out
    assert "to make this firmer: Gather the documents first" in out
    assert "70 more for a trial" in out and "small range" in out
