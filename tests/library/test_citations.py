"""Which passage supports which sentence."""

from studio.library.citations import Source, cite, marked, quote_for, repeats_itself, without_repetition

SOURCES = [Source(1, "The collar is tightened to 0.6 newton metres."), Source(2, "The tin smells of honey.")]


def test_a_written_number_is_kept() -> None:
    assert cite("It smells of honey [2].", SOURCES)[0].numbers == (2,)


def test_a_number_without_a_passage_is_dropped() -> None:
    assert cite("Something about tigers [7].", SOURCES)[0].numbers == ()


def test_a_sentence_without_number_gets_the_passage_it_rests_on() -> None:
    assert cite("Tighten the collar to 0.6 newton metres.", SOURCES)[0].numbers == (1,)


def test_a_sentence_nothing_supports_stays_without_number() -> None:
    sentences = cite("The collar is tightened. Paris is the capital of France.", SOURCES)
    assert [sentence.numbers for sentence in sentences] == [(1,), ()]


def test_marks_stand_behind_their_sentences() -> None:
    assert marked(cite("The tin smells of honey. [2] Good.", SOURCES)) == "The tin smells of honey. [2] Good."


def test_a_decimal_point_does_not_end_a_sentence() -> None:
    assert len(cite("Use 0.6 newton metres.", SOURCES)) == 1


def test_the_quote_is_the_sentence_that_says_it() -> None:
    passage = "A tin is sold alone. The tin smells of honey. It is yellow."
    assert quote_for(["Such tins smell of honey"], passage) == "The tin smells of honey."


def test_a_model_that_repeats_itself_is_noticed() -> None:
    said = "It is red. It is big. It is red. It is b"
    assert repeats_itself(said)
    assert without_repetition(said) == "It is red. It is big."
