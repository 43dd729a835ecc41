"""Asks a model in memory fixed questions, and tells how far another model's answers depart from them.

Runs in the export's process only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig

from studio.engine.prompts import Message, render
from studio.tuning.exporting.verdict import UNDECIDED, Verdict

PROMPTS = 10
ANSWER_TOKENS = 32
LONGEST_PROMPT = 1024


@dataclass(frozen=True)
class Said:
    """Token ids of prompts and greedy answers; `logits`: one tensor of (tokens of the answer, words) each."""

    prompts: list[list[int]]
    answers: list[list[int]]
    logits: list[torch.Tensor]
    ends: list[int]


def choose_prompts(
    tokenizer: Any, conversations: Sequence[Sequence[Message]], context: int
) -> list[list[int]]:
    """The first ten that leave room for an answer, as token ids."""
    limit = min(LONGEST_PROMPT, context - ANSWER_TOKENS)
    rendered = (render(tokenizer, messages) for messages in conversations)
    encoded = (list(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in rendered)
    return [ids for ids in encoded if 0 < len(ids) <= limit][:PROMPTS]


def listen(model: Any, prompts: list[list[int]], ends: list[int]) -> Said:
    """What the model answers, and how sure it was of each token."""
    answers = _answers(model, prompts, ends)
    return Said(prompts, answers, _logits(model, prompts, answers), ends)


def compare(reference: Said, model: Any) -> Verdict:
    """Ask the model the same; where an answer departs, look how decided the reference was there."""
    answers = _answers(model, reference.prompts, reference.ends)
    logits = _logits(model, reference.prompts, reference.answers)
    pairs = list(zip(reference.logits, logits, strict=True))
    margins = [
        _margin(said, other, sure)
        for said, other, sure in zip(reference.answers, answers, reference.logits, strict=True)
    ]
    return Verdict(
        prompts=len(answers),
        equal=margins.count(None),
        undecided=sum(margin is not None and margin <= UNDECIDED for margin in margins),
        tokens=sum(map(len, reference.answers)),
        largest_difference=max((float((a - b).abs().max()) for a, b in pairs), default=0.0),
        bit_equal=all(torch.equal(a, b) for a, b in pairs),
    )


def _margin(said: list[int], other: list[int], sure: torch.Tensor) -> float | None:
    """By how much the reference preferred its own token where the answers first part; None if they do not."""
    for at, (mine, theirs) in enumerate(zip(said, other, strict=False)):
        if mine != theirs:
            return float(sure[at, mine] - sure[at, theirs])
    return None if len(said) == len(other) else float("inf")


@torch.inference_mode()
def _answers(model: Any, prompts: list[list[int]], ends: list[int]) -> list[list[int]]:
    """Greedy, all in one batch, up to and with the token that ends the answer."""
    width = max(map(len, prompts))
    padded = [[ends[0]] * (width - len(p)) + p for p in prompts]
    mask = [[0] * (width - len(p)) + [1] * len(p) for p in prompts]
    # a model's own sampling settings and penalties would not travel with every format
    plain = GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=ANSWER_TOKENS, do_sample=False, eos_token_id=ends, pad_token_id=ends[0]
    )
    ids = torch.tensor(padded, device=model.device)
    made = model.generate(
        input_ids=ids, attention_mask=torch.tensor(mask, device=model.device), generation_config=plain
    )
    return [_until_end(row, ends) for row in made[:, width:].tolist()]


def _until_end(tokens: list[int], ends: list[int]) -> list[int]:
    at = next((place for place, token in enumerate(tokens) if token in ends), len(tokens))
    return tokens[: at + 1]


@torch.inference_mode()
def _logits(model: Any, prompts: list[list[int]], answers: list[list[int]]) -> list[torch.Tensor]:
    """At every place of the answers, in 32 bit on the CPU; one conversation at a time to spare memory."""
    found = []
    for prompt, answer in zip(prompts, answers, strict=True):
        ids = torch.tensor([prompt + answer], device=model.device)
        out = model(input_ids=ids, logits_to_keep=len(answer) + 1).logits
        found.append(out[0, :-1].float().cpu())
    return found
