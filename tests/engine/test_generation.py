"""What the generation thread tells of an answer, with a model that answers one token at once."""

import time

from studio.engine.generation import MOST_REFERENCE, Chat, Generation

READING = 0.4  # seconds that the references take


class Quick:
    """Says one token, then reads the references for a while."""

    name, context_tokens, end_ids = "quick", 4_000, {0}

    def __init__(self) -> None:
        self.read: list[int] = []

    def encode(self, messages):
        return [1, 2, 3]

    def encode_answer(self, messages, text):
        return [5] * len(text)

    def decode(self, tokens):
        return "x" * len(tokens)

    def generate(self, prompts, adapters, after_token, references=()):
        after_token([0] * len(prompts))
        self.read = [len(one) for one in references]
        time.sleep(READING)
        return [None] * len(prompts)


def answered(model: Quick, reference: str):
    generation = Generation(lambda: model)
    generation.start()
    chat = Chat([], None, 8, reference=reference)
    generation.submit(chat)
    outcome = chat.outcome.result(timeout=20)
    generation.stop()
    return outcome


def test_reading_a_reference_is_no_part_of_the_time_an_answer_takes() -> None:
    assert 0 < answered(Quick(), "reference").seconds < READING / 2


def test_of_a_long_reference_the_beginning_is_read() -> None:
    model = Quick()
    answered(model, "long" * 500)
    assert model.read == [MOST_REFERENCE]
