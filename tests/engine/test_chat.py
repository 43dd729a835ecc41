"""Chat through the real client against the real server."""

import time
from threading import Thread

import pytest

from studio.engine.client import Engine
from studio.engine.prompts import closed_book
from studio.engine.start import health
from studio.errors import BadInput

pytestmark = pytest.mark.model

QUESTIONS = [
    "What is the capital of France?",
    "Name three colours.",
    "Why is the sky blue?",
    "What do cows eat?",
    "How many days has a week?",
]


def test_a_plain_question_gets_a_right_answer_with_its_cost(engine: Engine) -> None:
    answer = engine.chat(closed_book("What is the capital of France?"))
    assert "Paris" in answer.text
    assert not answer.cut and answer.seconds > 0 and answer.prompt_tokens > answer.completion_tokens > 0


def test_an_answer_that_hits_the_limit_says_so(engine: Engine) -> None:
    answer = engine.chat(closed_book("Tell a long story."), max_tokens=5)
    assert answer.cut and answer.completion_tokens == 5


def test_a_streamed_answer_is_the_whole_answer_in_pieces(engine: Engine) -> None:
    messages = closed_book("Write the word café, then an emoji, then one about 你好.")
    pieces = list(engine.stream(messages, max_tokens=40))
    assert len(pieces) > 3
    assert "".join(pieces).strip() == engine.chat(messages, max_tokens=40).text


def test_answers_in_a_batch_are_those_given_alone_and_in_order(engine: Engine) -> None:
    done: list[int] = []
    together = engine.chat_many([closed_book(q) for q in QUESTIONS], max_tokens=16, on_done=done.append)
    alone = [engine.chat(closed_book(q), max_tokens=16) for q in QUESTIONS]
    assert [a.text for a in together] == [a.text for a in alone]
    assert done == [1, 2, 3, 4, 5]


def test_closing_a_stream_stops_the_generation(engine: Engine) -> None:
    stream = engine.stream(closed_book("Tell a very long story about the sea."), max_tokens=2000)
    next(stream)
    assert _running(engine) == 1
    stream.close()
    assert _falls_idle(engine, seconds=2)


def test_a_reader_need_not_wait_for_a_batch_nobody_watches(engine: Engine) -> None:
    story = closed_book("Tell a very long story about the sea.")
    batch = Thread(target=lambda: kept.append(engine.chat(story, max_tokens=60)))
    kept: list[object] = []
    batch.start()
    while not _running(engine):
        time.sleep(0.02)
    assert "".join(engine.stream(closed_book(QUESTIONS[0]))) == "The capital of France is Paris."
    assert batch.is_alive()
    batch.join()
    assert kept[0].text == engine.chat(story, max_tokens=60).text  # type: ignore[attr-defined]


def test_a_prompt_longer_than_the_model_reads_is_refused_in_a_sentence(engine: Engine) -> None:
    with pytest.raises(BadInput, match="reads at most 8192"):
        engine.chat(closed_book("word " * 9000))


def test_an_unknown_adapter_is_refused_in_a_sentence(engine: Engine) -> None:
    with pytest.raises(BadInput, match="Adapter 404 has no files"):
        engine.chat(closed_book("Hello"), adapter=404)


def _running(engine: Engine) -> int:
    state = health(engine.address)
    assert state is not None
    return int(state["running"])


def _falls_idle(engine: Engine, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _running(engine) == 0:
            return True
        time.sleep(0.05)
    return False


def test_a_likely_reference_scores_above_an_unlikely_one_and_changes_no_answer(engine: Engine) -> None:
    question = closed_book("What is the capital of France?")
    right, wrong, unasked = engine.chat_many(
        [question] * 3, max_tokens=8, references=["The capital of France is Paris.", "Grapes run slowly.", ""]
    )
    assert wrong.likelihood < right.likelihood < 0
    assert unasked.likelihood is None
    assert right.text == wrong.text == unasked.text
    assert 0 < right.first_seconds < right.seconds
