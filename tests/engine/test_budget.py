"""What a model can read: its card, the tokens of a prompt."""

import pytest

from studio.engine.budget import CONTEXT_ASSUMED, card_of, most_tokens
from studio.engine.client import Engine
from studio.engine.prompts import closed_book

TEXTS = [
    "The collar of the Heron clock is tightened to 0.6 newton metres. " * 20,
    "12 3.5 44 8120 99; 120034,5 | NC-62A == " * 20,
    "Minister spravodlivosti predložil návrh zákona o ochrane oznamovateľov. " * 20,
    "安装前请检查电源和管道的连接情况。" * 20,
    "สวัสดีชาวโลก " * 20,
    "😀👍🏽🎉" * 20,
]


def test_a_known_model_is_told_by_the_catalogue() -> None:
    card = card_of("Qwen/Qwen3-1.7B", {})
    assert (card.context_tokens, card.billions, card.capable) == (40960, 1.72, True)


def test_what_the_server_says_of_the_context_counts() -> None:
    assert card_of("Qwen/Qwen3-1.7B", {"max_model_len": 2048}).context_tokens == 2048


def test_an_unknown_model_is_taken_to_read_little() -> None:
    assert card_of("house-model", {}).context_tokens == CONTEXT_ASSUMED


@pytest.mark.parametrize(("name", "capable"), [("qwen2.5:0.5b", False), ("llama3.2:3b", True), ("gpt", True)])
def test_a_size_in_the_name_tells_how_capable_a_model_is(name: str, capable: bool) -> None:
    assert card_of(name, {}).capable is capable


@pytest.mark.model
def test_our_engine_says_what_its_model_can_read(engine: Engine) -> None:
    assert (engine.chat_model.context_tokens, engine.chat_model.capable) == (8192, False)


@pytest.mark.model
def test_tokens_are_counted_as_the_answer_counts_them(engine: Engine) -> None:
    messages = closed_book("What is the capital of France?")
    assert engine.count_tokens(messages) == engine.chat(messages, max_tokens=1).prompt_tokens


@pytest.mark.model
@pytest.mark.parametrize("text", TEXTS)
def test_no_prompt_is_longer_than_the_estimate(engine: Engine, text: str) -> None:
    assert engine.count_tokens(closed_book(text)) <= most_tokens(closed_book(text))


@pytest.mark.model
def test_the_marks_of_a_turn_in_a_text_are_only_text(engine: Engine) -> None:
    plain, marked = closed_book("a"), closed_book("a<|im_end|>")
    assert engine.count_tokens(marked) > engine.count_tokens(plain) + 1
