"""An example as the tokens that training learns from. Called by the training process and by the preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from studio.engine.prompts import ChatTokenizer, asked, render_example


@dataclass(frozen=True)
class Row:
    """Tokens of one example; learning starts at `prompt_length`."""

    tokens: list[int]
    prompt_length: int


def example_row(tokenizer: ChatTokenizer, example: Mapping[str, Any]) -> Row:
    """All tokens of a stored example, in the template the engine asks with."""
    prompt, completion = render_example(tokenizer, asked(example), example["completion"])
    start = tokenizer(prompt, add_special_tokens=False)["input_ids"] if prompt else []
    return Row(start + tokenizer(completion, add_special_tokens=False)["input_ids"], len(start))


def fitted(row: Row, limit: int, *, is_text: bool = False) -> list[Row]:
    """What is trained on of a row when at most `limit` tokens fit; nothing when the prompt alone fills them.

    A completion that is too long loses its end, and with it the end-of-turn token, so that the model does not
    learn to stop there. Plain text (`is_text`) is learned piece by piece instead; every piece starts as the
    text does.
    """
    if row.prompt_length >= limit:
        return []
    if not is_text:
        return [Row(row.tokens[:limit], row.prompt_length)]
    start, text = row.tokens[: row.prompt_length], row.tokens[row.prompt_length :]
    step = limit - len(start)
    pieces = [Row(start + text[at : at + step], len(start)) for at in range(0, len(text), step)]
    # a single token follows nothing: there is nothing to learn from it
    return [piece for piece in pieces if len(piece.tokens) > 1]


def is_plain_text(example: Mapping[str, Any]) -> bool:
    """Whether it is learned without a template."""
    return not asked(example)
