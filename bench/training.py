"""Training an adapter: the recipe beside TRL and a plain loop, QLoRA beside LoRA, and how soon it begins."""

import gc
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from transformers.utils.logging import disable_progress_bar

from bench import stock_trl
from bench.peers import NoPeers
from bench.rows import Row, more_is_better, spread
from bench.training_examples import full_answers, passages_and_short_answers, single_answers
from bench.training_runs import four_bit, until_the_first_step
from bench.training_ways import (
    Case,
    Taken,
    learned_tokens,
    ours,
    plain_loop,
    put_up_clock,
    stock,
    stock_in_our_order,
)
from studio.models.bundled import ensure_bundled
from studio.settings import Settings

READ = (
    "Learned tokens a second while an adapter (LoRA, rank 16) of the bundled model is trained on the "
    "processor, taking turns in one process, with the same rows, seed and settings. Ours is the recipe, from "
    "its run folder on. TRL is SFTTrainer as it comes, in its own order and in ours; where there is no "
    "Triton it computes the logits of every position. The plain loop is what one would write by hand, with "
    "our order and our saving in the loss. In the same order the losses of every step must agree to 1 %, or "
    "the bench fails. QLoRA and LoRA are whole runs in processes of their own. The floor of a start is a "
    "process that imports the libraries and loads the model; ours is everything from the click to the first "
    "step: the row, the job, the process and what it reads."
)
SHAPES = {"full answers": (full_answers, 1.3), "passages, short answers": (passages_and_short_answers, 1.6)}
PLAIN = 0.95
EXAMPLES = 8
FOUR_BIT_EXAMPLES = 64
REPETITIONS = 2
AGREEMENT = 0.01


@dataclass(frozen=True)
class Rival:
    """One way beside ours, and the ratio that was asked, if any."""

    name: str
    train: Callable[[Case], Taken]
    asked: float | None


def measure(folder: Path) -> list[Row]:
    """Speed beside the rivals, then QLoRA, then the start."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    base = ensure_bundled(Settings.load(folder))
    rows = four_bit(base, single_answers(FOUR_BIT_EXAMPLES), folder / "runs") + until_the_first_step(
        base, folder
    )
    put_up_clock()
    for name, (make, asked) in SHAPES.items():
        case = Case(base, make(EXAMPLES), folder / name)
        rows += _beside(name, case, _rivals(asked))
    return rows


def _rivals(asked: float) -> list[Rival]:
    try:
        stock_trl.make_importable()
    except NoPeers as reason:
        print(f"TRL could not be installed: {reason}", file=sys.stderr)
        return [Rival("plain loop", plain_loop, PLAIN)]
    return [
        Rival("TRL", stock, asked),
        Rival("TRL, our order", stock_in_our_order, None),
        Rival("plain loop", plain_loop, PLAIN),
    ]


def _beside(name: str, case: Case, rivals: list[Rival]) -> list[Row]:
    ways = {"ours": ours, **{rival.name: rival.train for rival in rivals}}
    taken: dict[str, list[Taken]] = {way: [] for way in ways}
    for turn in range(REPETITIONS):
        for way in list(ways) if turn % 2 == 0 else list(ways)[::-1]:
            gc.collect()
            taken[way].append(ways[way](case))
    return [_row(name, learned_tokens(case), taken, rival) for rival in rivals]


def _row(name: str, tokens: int, taken: dict[str, list[Taken]], rival: Rival) -> Row:
    own, theirs = taken["ours"], taken[rival.name]
    gap = max(abs(a / b - 1) for a, b in zip(own[0].losses, theirs[0].losses, strict=True))
    if rival.train is not stock and gap > AGREEMENT:
        raise RuntimeError(f"The losses differ: ours {own[0].losses}, {rival.name} {theirs[0].losses}")
    rates = [tokens / statistics.median(one.seconds for one in side) for side in (own, theirs)]
    processor = [statistics.median(one.processor_seconds for one in side) for side in (theirs, own)]
    note = (
        f"{tokens:,} learned tokens × {len(own)}, ours {spread([one.seconds for one in own])} s; "
        f"by processor time {processor[0] / processor[1]:.2f}; {_losses(own[0], theirs[0], gap, rival)}"
    )
    row = more_is_better(f"Training, {name}", rates[0], (rival.name, rates[1]), "tokens/s", note)
    return replace(row, at_least=rival.asked)


def _losses(own: Taken, theirs: Taken, gap: float, rival: Rival) -> str:
    if rival.train is not stock:
        return f"losses agree to {gap:.0e}"
    means = [statistics.fmean(side.losses) for side in (own, theirs)]
    return f"mean loss {means[0]:.3f}, theirs in their order {means[1]:.3f}"
