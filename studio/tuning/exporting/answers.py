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
ROUNDS = 3
ANSWER_TOKENS = 32
LONGEST_PROMPT = 1024


@dataclass(frozen=True)
class Said:
    """Token ids of prompts and greedy answers; `logits`: one tensor of (tokens of the answer, words) each.

    Of an answer that is not `whole` only what stands before the first wavering is kept.
    """

    prompts: list[list[int]]
    answers: list[list[int]]
    logits: list[torch.Tensor]
    whole: list[bool]
    ends: list[int]


def choose_prompts(
    tokenizer: Any, conversations: Sequence[Sequence[Message]], context: int
) -> list[list[int]]:
    """The first thirty that leave room for an answer, as token ids."""
    limit = min(LONGEST_PROMPT, context - ANSWER_TOKENS)
    rendered = (render(tokenizer, messages) for messages in conversations)
    encoded = (list(tokenizer(text, add_special_tokens=False)["input_ids"]) for text in rendered)
    return [ids for ids in encoded if 0 < len(ids) <= limit][: PROMPTS * ROUNDS]


def listen(model: Any, prompts: list[list[int]], ends: list[int], *, exactly: bool = False) -> Said:
    """Ten answers that the model is sure of to their end; failing these, the longest sure beginnings.

    `exactly`: the first ten, sure or not, for a copy that must be equal to the bit.
    """
    if exactly:
        asked = prompts[:PROMPTS]
        answers = _answers(model, asked, ends) if asked else []
        return Said(asked, answers, _logits(model, asked, answers), [True] * len(asked), ends)
    heard: list[tuple[list[int], list[int], bool]] = []
    for at in range(0, len(prompts), PROMPTS):
        asked = prompts[at : at + PROMPTS]
        answers = _answers(model, asked, ends)
        for prompt, answer, logits in zip(asked, answers, _logits(model, asked, answers), strict=True):
            sure = sure_tokens(answer, logits)
            heard += [(prompt, answer[:sure], sure == len(answer))] if sure else []
        heard = sorted(heard, key=lambda one: (not one[2], -len(one[1])))[:PROMPTS]
        if len(heard) == PROMPTS and all(whole for _, _, whole in heard):
            break
    kept, answers = [prompt for prompt, _, _ in heard], [answer for _, answer, _ in heard]
    # anew: logits of a cut answer differ in their last bits from those within the whole one
    return Said(kept, answers, _logits(model, kept, answers), [whole for _, _, whole in heard], ends)


def sure_tokens(answer: list[int], logits: torch.Tensor) -> int:
    """How many tokens from the first on are clearly preferred to any other; `logits`: (tokens, words)."""
    best, chosen = logits.topk(2)
    clear = (best[:, 0] - best[:, 1] > UNDECIDED) & (chosen[:, 0] == torch.tensor(answer))
    return int(clear.int().cumprod(0).sum())


def compare(reference: Said, model: Any) -> Verdict:
    """Ask the model the same; where the reference wavered no answer is right or wrong."""
    answers = _answers(model, reference.prompts, reference.ends) if reference.prompts else []
    logits = _logits(model, reference.prompts, reference.answers)
    equal = [
        other == said if whole else other[: len(said)] == said
        for said, other, whole in zip(reference.answers, answers, reference.whole, strict=True)
    ]
    pairs = list(zip(reference.logits, logits, strict=True))
    return Verdict(
        prompts=len(answers),
        equal=sum(equal),
        undecided=reference.whole.count(False),
        tokens=sum(map(len, reference.answers)),
        largest_difference=max((float((a - b).abs().max()) for a, b in pairs), default=0.0),
        bit_equal=all(torch.equal(a, b) for a, b in pairs),
    )


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
