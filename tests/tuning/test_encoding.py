"""What the training process makes of examples, with the bundled model's own tokenizer."""

from pathlib import Path
from typing import Any

import pytest

from studio.engine.prompts import PassageText, asked, render, with_passages

pytestmark = pytest.mark.model

TURNS = [
    {"role": "user", "content": "Which pump?"},
    {"role": "assistant", "content": "The DW-40."},
]
EXAMPLES: dict[str, dict[str, Any]] = {
    "pair": {"prompt": "How long?", "completion": "41 minutes."},
    "conversation": {"prompt": "And how long?", "completion": "41 minutes.", "history": TURNS},
    "passages": {
        "prompt": "How long?",
        "completion": "41 minutes [1].",
        "context": [{"title": "Manual", "text": "It runs 41 minutes."}, {"title": "", "text": "Noise."}],
    },
}


@pytest.fixture(scope="module")
def tokenizer(bundled: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(bundled, local_files_only=True)


def learned(example: dict[str, Any], tokenizer: Any, limit: int = 512) -> tuple[str, str]:
    """The text that is read only, and the text whose tokens have labels."""
    from studio.tuning.encoding import IGNORED, collate, encode

    batch = collate(encode([example], tokenizer, limit).rows, 0)
    tokens, labels = batch["input_ids"][0], batch["labels"][0]
    return tokenizer.decode(tokens[labels == IGNORED]), tokenizer.decode(tokens[labels != IGNORED])


@pytest.mark.parametrize("kind", EXAMPLES)
def test_only_the_completion_and_its_end_are_learned(kind: str, tokenizer: Any) -> None:
    example = EXAMPLES[kind]
    assert learned(example, tokenizer)[1] == example["completion"] + "<|im_end|>"


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_engine_asks_in_the_words_that_were_trained(kind: str, tokenizer: Any) -> None:
    example = EXAMPLES[kind]
    assert learned(example, tokenizer)[0] == render(tokenizer, asked(example))


def test_passages_are_trained_in_the_words_of_an_answer_from_a_library(tokenizer: Any) -> None:
    shown = [PassageText(1, "Manual", "It runs 41 minutes."), PassageText(2, "", "Noise.")]
    asked_by_the_library = render(tokenizer, with_passages("How long?", shown))
    assert learned(EXAMPLES["passages"], tokenizer)[0] == asked_by_the_library


def test_plain_text_is_learned_without_a_template(tokenizer: Any) -> None:
    read, text = learned({"prompt": "", "completion": "Pumps hum."}, tokenizer)
    assert read + text == "Pumps hum.<|im_end|>"


def test_a_long_plain_text_becomes_several_rows_and_is_not_cut(tokenizer: Any) -> None:
    from studio.tuning.encoding import encode

    found = encode([{"prompt": "", "completion": "Pumps hum. " * 100}], tokenizer, 64)
    assert (found.cut, found.left_out, found.longest) == (0, 0, 64)
    assert sum(len(row.tokens) for row in found.rows) > 300


@pytest.mark.parametrize(
    ("lengths", "most", "shapes"),
    [
        ((4, 4, 4, 4), 16, [(4, 4)]),
        ((4, 4, 4, 4), 15, [(3, 4), (1, 4)]),
        ((2, 2, 9), 8, [(2, 2), (1, 9)]),
        ((9, 2, 2), 8, [(1, 9), (2, 2)]),
        ((9, 9), 8, [(1, 9), (1, 9)]),
        ((1, 8), 16, [(2, 8)]),
    ],
)
def test_a_batch_is_taken_in_pieces_that_hold_all_of_it(lengths, most, shapes) -> None:
    import torch

    from studio.engine.example_tokens import Row
    from studio.tuning.encoding import collate, in_pieces

    rows = [Row(list(range(1, length + 1)), 1) for length in lengths]
    batch = collate(rows, 0)
    pieces = in_pieces(batch, most)
    assert [tuple(piece["input_ids"].shape) for piece in pieces] == shapes
    together = [
        tokens[mask == 1]
        for piece in pieces
        for tokens, mask in zip(piece["labels"], piece["attention_mask"], strict=True)
    ]
    whole = [tokens[mask == 1] for tokens, mask in zip(batch["labels"], batch["attention_mask"], strict=True)]
    assert all(torch.equal(mine, its) for mine, its in zip(together, whole, strict=True))
