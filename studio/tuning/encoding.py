"""Turns examples into token rows and rows into batches. Used only by the training process.

Only the completion is learned: labels of the prompt and of padding are -100.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import Sampler

from studio.engine.example_tokens import Row, example_row, fitted, is_plain_text

IGNORED = -100


@dataclass(frozen=True)
class Encoded:
    """Rows that fit, and how many examples had to be cut or left out for their length."""

    rows: list[Row]
    cut: int
    left_out: int

    @property
    def longest(self) -> int:
        """Tokens of the longest row."""
        return max((len(row.tokens) for row in self.rows), default=0)


def encode(examples: list[dict[str, Any]], tokenizer: Any, limit: int) -> Encoded:
    """Tokenise with the template the engine asks with; at most `limit` tokens a row.

    An example whose prompt alone fills the limit is left out; a long plain text becomes several rows.
    """
    rows, cut, left_out = [], 0, 0
    for example in examples:
        whole, is_text = example_row(tokenizer, example), is_plain_text(example)
        found = fitted(whole, limit, is_text=is_text)
        left_out += not found
        cut += bool(found) and not is_text and len(whole.tokens) > limit
        rows += found
    return Encoded(rows, cut, left_out)


def collate(rows: list[Row], padding: int) -> dict[str, torch.Tensor]:
    """A right-padded batch: input_ids, attention_mask, labels, each (rows, longest)."""
    shape = (len(rows), max(len(row.tokens) for row in rows))
    tokens = torch.full(shape, padding)
    mask = torch.zeros(shape, dtype=torch.long)
    labels = torch.full(shape, IGNORED)
    for index, row in enumerate(rows):
        values = torch.tensor(row.tokens)
        tokens[index, : len(values)] = values
        mask[index, : len(values)] = 1
        # nothing stands before the first token, so it cannot be predicted
        start = max(1, row.prompt_length)
        labels[index, start : len(values)] = values[start:]
    return {"input_ids": tokens, "attention_mask": mask, "labels": labels}


def in_pieces(batch: dict[str, torch.Tensor], most: int) -> list[dict[str, torch.Tensor]]:
    """The rows of a padded batch in their order, in pieces of at most `most` tokens or one row.

    Each piece is padded to its own longest row only.
    """
    lengths = batch["attention_mask"].sum(dim=1).tolist()
    pieces: list[list[int]] = []
    widest = 0
    for row, length in enumerate(lengths):
        widest = max(widest, length)
        if pieces and (len(pieces[-1]) + 1) * widest <= most:
            pieces[-1].append(row)
        else:
            pieces.append([row])
            widest = length
    return [
        {
            name: rows[piece[0] : piece[-1] + 1, : max(lengths[row] for row in piece)]
            for name, rows in batch.items()
        }
        for piece in pieces
    ]


class SimilarLengths(Sampler[int]):
    """Order in which neighbours have similar lengths, in batches shuffled anew each epoch.

    Less padding: 1.24 times faster on 24 medical answers than a plain shuffle. The Trainer's own
    group_by_length does nothing below 8 batches. The order depends on seed and epoch alone, so that a
    resumed run sees the same batches.
    """

    def __init__(self, rows: list[Row], batch_size: int, seed: int) -> None:
        self.lengths = [len(row.tokens) for row in rows]
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the Trainer at the start of every epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        chance = random.Random(self.seed * 1_000_003 + self.epoch)
        order = list(range(len(self.lengths)))
        chance.shuffle(order)
        # the batch that is not full must come last, so it is drawn before sorting
        whole = len(order) - len(order) % self.batch_size
        last, order = order[whole:], sorted(order[:whole], key=lambda index: self.lengths[index])
        batches = [order[at : at + self.batch_size] for at in range(0, whole, self.batch_size)]
        chance.shuffle(batches)
        return iter([index for batch in batches for index in batch] + last)


class Shared(Sampler[int]):
    """The part of another order that falls to one of several processes, in batches dealt out in turn.

    The order is filled up with `silent`, the index of a row that teaches nothing, so that all have as many.
    """

    def __init__(self, order: SimilarLengths, batch_size: int, turn: tuple[int, int], silent: int) -> None:
        self.order, self.batch_size, self.silent = order, batch_size, silent
        self.number, self.processes = turn

    def set_epoch(self, epoch: int) -> None:
        """Called by the Trainer at the start of every epoch."""
        self.order.set_epoch(epoch)

    def __len__(self) -> int:
        return math.ceil(len(self.order) / (self.batch_size * self.processes)) * self.batch_size

    def __iter__(self) -> Iterator[int]:
        whole = list(self.order)
        whole += [self.silent] * (len(self) * self.processes - len(whole))
        every, mine = self.batch_size * self.processes, self.batch_size * self.number
        starts = range(mine, len(whole), every)
        return iter([index for at in starts for index in whole[at : at + self.batch_size]])
