"""The same few held-out prompts, answered greedily as a run goes on, so that people can read what changes.

Called by the watch; runs in the training process only. The prompts are rendered as the engine renders them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from studio.engine.example_tokens import example_row, is_plain_text

MOST_TOKENS, FEWEST_TOKENS = 64, 24
BEYOND_REFERENCE = 8  # an answer a little longer than the longest reference shows that it does not stop
# All answers together may cost this share of what training costs, in tokens that go through training; the
# first and the last ones more where a run is short.
SHARE, SHARE_OF_ENDS = 0.1, 0.2
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
    """What is asked at the checks of these steps, with at most so many new tokens each."""

    chosen: list[Sample]
    new_tokens: int
    asked_at: frozenset[int]


def find_samples(examples: list[dict[str, Any]], tokenizer: Any, limit: int, most: int) -> list[Sample]:
    """At most `most`, evenly from the examples whose prompt leaves room for an answer below `limit`."""
    fitting = []
    for example in (one for one in examples if not is_plain_text(one)):
        row = example_row(tokenizer, example)
        if row.prompt_length + FEWEST_TOKENS <= limit:
            fitting.append((example, row))
    spread = [fitting[at] for at in _spread(len(fitting), most)]
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


def plan_answers(found: list[Sample], checks: list[int], trained: float, device: str) -> Samples:
    """When to ask them, and for how long an answer, in a run of `trained` tokens with checks at these steps.

    The first check and the last one are always asked, so that before and after can be read; of those between
    as many, at even distances, as keep all within their share. The adapter that is kept is asked besides.
    """
    if not found or not checks:
        return Samples(found, FEWEST_TOKENS, frozenset())
    wanted = min(MOST_TOKENS, max(one.reference_length for one in found) + BEYOND_REFERENCE)
    prompts = PROMPT_COST * sum(len(one.tokens) for one in found)
    each = PASS_COST[device] + len(found) * NEW_TOKEN_COST
    room = int((SHARE_OF_ENDS * trained / 2 - prompts) / each)
    new = min(wanted, max(room, FEWEST_TOKENS))
    many = int(SHARE * trained / (prompts + new * each))
    count = max(2, min(many, len(checks)))
    asked = {checks[round(at * (len(checks) - 1) / (count - 1))] for at in range(count)}
    return Samples(found, new, frozenset(asked))


def answer_samples(model: Any, tokenizer: Any, samples: Samples) -> list[dict[str, Any]]:
    """position, prompt, reference and answer of each; needs the model in evaluation mode."""
    if not samples.chosen:
        return []
    answers = _answers(model, tokenizer, samples.chosen, samples.new_tokens)
    return [
        {"position": one.position, "prompt": one.prompt, "reference": one.reference, "answer": answer}
        for one, answer in zip(samples.chosen, answers, strict=True)
    ]


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
