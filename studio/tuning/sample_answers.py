"""The same few held-out prompts, answered greedily at every check, so that people can read what changes.

Called by the watch; runs in the training process only. The prompts are rendered as the engine renders them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from studio.engine.example_tokens import example_row, is_plain_text

MOST_SAMPLES = 5
MOST_TOKENS, FEWEST_TOKENS = 64, 16
BEYOND_REFERENCE = 8  # an answer a little longer than the longest reference shows that it does not stop
# All answers together may cost this share of what training costs, in tokens that go through training.
SHARE = 0.1
PROMPT_COST = 1 / 3  # forward only, without going back
# A pass for the next token of a batch, and each token in it. On a CPU the bundled model took 10.4 for one
# answer and 14.5 for four at a time. On a GPU launching a pass is what takes time: reckoned, not measured.
PASS_COST, NEW_TOKEN_COST = {"cpu": 9.0, "cuda": 140.0}, 1.4


@dataclass(frozen=True)
class Sample:
    """A held-out example to be asked: `position` among the samples, `tokens` of the rendered prompt."""

    position: int
    prompt: str
    reference: str
    tokens: list[int]
    reference_length: int


@dataclass(frozen=True)
class Samples:
    """What is asked at every check, with at most so many new tokens each."""

    chosen: list[Sample]
    new_tokens: int


def find_samples(examples: list[dict[str, Any]], tokenizer: Any, limit: int) -> list[Sample]:
    """Up to five, spread evenly over the examples whose prompt leaves room for an answer below `limit`."""
    fitting = []
    for example in (one for one in examples if not is_plain_text(one)):
        row = example_row(tokenizer, example)
        if row.prompt_length + FEWEST_TOKENS <= limit:
            fitting.append((example, row))
    spread = [fitting[at] for at in _spread(len(fitting), MOST_SAMPLES)]
    return [
        Sample(
            position,
            example["prompt"],
            example["completion"],
            row.tokens[: row.prompt_length],
            len(row.tokens) - row.prompt_length,
        )
        for position, (example, row) in enumerate(spread)
    ]


def affordable(found: list[Sample], tokens_a_check: float, batch_size: int, device: str) -> Samples:
    """As many of them, and answers as long, as cost no more than `tokens_a_check` trained tokens.

    One answer of 16 tokens is always given: a run that is over in seconds may spend more on it.
    """
    for count in range(len(found), 0, -1):
        chosen = [found[at] for at in _spread(len(found), count)]
        wanted = min(MOST_TOKENS, max(one.reference_length for one in chosen) + BEYOND_REFERENCE)
        left = tokens_a_check - PROMPT_COST * sum(len(one.tokens) for one in chosen)
        each = math.ceil(count / batch_size) * PASS_COST[device] + count * NEW_TOKEN_COST
        new = min(wanted, int(left / each))
        if new >= min(FEWEST_TOKENS, wanted):
            return Samples(chosen, new)
    return Samples(found[:1], FEWEST_TOKENS)


def answer_samples(model: Any, tokenizer: Any, samples: Samples, batch_size: int) -> list[dict[str, Any]]:
    """position, prompt, reference and answer of each; needs the model in evaluation mode."""
    answered = []
    for at in range(0, len(samples.chosen), batch_size):
        batch = samples.chosen[at : at + batch_size]
        for one, answer in zip(batch, _answers(model, tokenizer, batch, samples.new_tokens), strict=True):
            shown = {"position": one.position, "prompt": one.prompt, "reference": one.reference}
            answered.append(shown | {"answer": answer})
    return answered


def _answers(model: Any, tokenizer: Any, batch: list[Sample], new_tokens: int) -> Iterator[str]:
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    width = max(len(one.tokens) for one in batch)
    with torch.no_grad():
        found = model.generate(
            input_ids=_padded([one.tokens for one in batch], width, padding, model.device),
            attention_mask=_padded([[1] * len(one.tokens) for one in batch], width, 0, model.device),
            max_new_tokens=new_tokens,
            do_sample=False,
            use_cache=True,
            pad_token_id=padding,
        )
    for row in found[:, width:].tolist():
        text = tokenizer.decode(row, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        yield str(text).replace("\x00", "").strip()  # PostgreSQL stores no zero bytes


def _padded(rows: list[list[int]], width: int, filler: int, device: torch.device) -> torch.Tensor:
    return torch.tensor([[filler] * (width - len(row)) + row for row in rows], device=device)


def _spread(count: int, wanted: int) -> list[int]:
    """`wanted` of `count` positions at even distances, or all of them."""
    return [at * count // wanted for at in range(wanted)] if count > wanted else list(range(count))
