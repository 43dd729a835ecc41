"""The loss over the learned tokens alone. Used only by the training process.

Only labelled positions go through the language-model head: on a CPU 1.3 times the speed of TRL's stock
trainer with rows in the same order, 1.5 times as both come; the same loss to 1e-5 (docs/benchmarks.md).
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

from studio.tuning import together
from studio.tuning.encoding import IGNORED

# Logits of one slice at most; more are recomputed going back. Phi-4-mini's vocabulary of 200,000
# would need 6.6 GB for a batch of 4 times 2048 tokens in one piece.
SLICE_BYTES = 256 * 2**20

# Gemma 2 and Granite reshape their logits after the head, so theirs must come from the whole model.
SHAPED_LOGITS = ("final_logit_softcapping", "logits_scaling", "logit_scale")


def summed_loss(model: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Cross entropy in nats, summed over the labelled tokens of a batch, padded on the right.

    No model is told where the padding is: it stands behind all that is labelled, and no token sees what comes
    after it. Without a mask attention skips that half of the work and shares its keys among the heads.
    """
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    targets = batch["labels"][:, 1:]
    labelled = targets != IGNORED
    if any(getattr(base.config, name, None) for name in SHAPED_LOGITS):
        logits = model(input_ids=batch["input_ids"]).logits
        return F.cross_entropy(logits[:, :-1][labelled].float(), targets[labelled], reduction="sum")
    hidden = base.get_decoder()(input_ids=batch["input_ids"], use_cache=False).last_hidden_state[:, :-1]
    return _sliced(base.get_output_embeddings(), hidden[labelled], targets[labelled])


def _sliced(head: Any, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    size = max(1, SLICE_BYTES // (4 * int(head.out_features)))
    if len(targets) <= size:
        return _cross_entropy(head, hidden, targets)
    parts = [
        checkpoint(_cross_entropy, head, h, t, use_reentrant=False)
        for h, t in zip(torch.split(hidden, size), torch.split(targets, size), strict=True)
    ]
    return torch.stack(parts).sum()


def _cross_entropy(head: Any, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(head(hidden).float(), targets, reduction="sum")


def held_out_loss(model: Any, batches: list[dict[str, torch.Tensor]]) -> float:
    """Mean cross entropy a labelled token over all batches, of which each process measures some.

    Leaves the model in training mode.
    """
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for batch in batches[together.number() :: together.count()]:
            moved = {name: tensor.to(model.device) for name, tensor in batch.items()}
            total += float(summed_loss(model, moved))
            count += int((moved["labels"][:, 1:] != IGNORED).sum())
    model.train()
    total, learned = together.summed(total, float(count))
    return total / max(1.0, learned)
