"""The loss on the learned tokens alone, against the same Trainer with the logits of every position."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, PrinterCallback, Trainer, TrainerCallback, TrainingArguments
from transformers.utils.logging import disable_progress_bar

from bench.rows import Row, more_is_better
from studio.engine.example_tokens import Row as Tokens
from studio.models.bundled import ensure_bundled
from studio.settings import Settings
from studio.tuning.encoding import IGNORED, collate
from studio.tuning.loss import summed_loss

READ = (
    "Tokens read a second while an adapter (LoRA, rank 16) of the bundled model is trained: same rows, same "
    "order, same Trainer, only the loss differs. The rival computes the logits of every position, as a stock "
    "trainer does; the studio's loss computes those of the tokens to be learned. The longer the prompts, the "
    "more that saves. The losses of every step must agree to 1e-4, or the bench fails."
)
# tokens of the prompt and of the completion
SHAPES = {"long answers": (20, 76), "long prompts": (80, 16)}
BATCH = 2
STEPS = 2
REPETITIONS = 3
AGREEMENT = 1e-4

Loss = Callable[[Any, dict[str, torch.Tensor]], torch.Tensor]
Weights = dict[str, torch.Tensor]


def full_logits_loss(model: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """The summed cross entropy as a stock trainer computes it."""
    logits = (
        model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits[:, :-1].float()
    )
    targets = batch["labels"][:, 1:]
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum")


def measure(folder: Path) -> list[Row]:
    """Tokens a second for each shape of examples."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model = _with_adapter(ensure_bundled(Settings.load(folder)))
    _train(model, {}, _rows(8, 8, int(model.config.vocab_size)), summed_loss, folder)  # warm-up
    return [_row(model, name, folder) for name in SHAPES]


def _row(model: Any, name: str, folder: Path) -> Row:
    prompt, completion = SHAPES[name]
    start = {name: w.detach().clone() for name, w in model.named_parameters() if w.requires_grad}
    rows = _rows(prompt, completion, int(model.config.vocab_size))
    ways: dict[str, Loss] = {"ours": summed_loss, "full logits": full_logits_loss}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    processor: dict[str, list[float]] = {way: [] for way in ways}
    losses: dict[str, list[float]] = {}
    for turn in range(REPETITIONS):
        for way in ways if turn % 2 == 0 else reversed(ways):
            trained = _train(model, start, rows, ways[way], folder)
            seconds[way] += trained.step_seconds
            processor[way] += trained.processor_seconds
            losses[way] = trained.losses
    gap = max(abs(a - b) for a, b in zip(losses["ours"], losses["full logits"], strict=True))
    if gap > AGREEMENT:
        raise RuntimeError(f"The two losses differ by {gap:.2g}: {losses}")
    rates = {way: BATCH * (prompt + completion) / median(taken) for way, taken in seconds.items()}
    note = (
        f"{BATCH} rows of {prompt} + {completion} tokens a step, {len(seconds['ours'])} steps each, "
        f"ratio by processor time {median(processor['full logits']) / median(processor['ours']):.2f}, "
        f"losses agree to {gap:.0e}"
    )
    return more_is_better(
        f"Training on {name}", rates["ours"], ("full logits", rates["full logits"]), "tokens/s", note
    )


def _with_adapter(folder: Path) -> Any:
    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    return get_peft_model(
        base, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    )


def _rows(prompt: int, completion: int, vocabulary: int) -> list[Tokens]:
    drawn = torch.randint(0, vocabulary, (STEPS * BATCH, prompt + completion), generator=torch.manual_seed(2))
    return [Tokens(tokens.tolist(), prompt) for tokens in drawn]


class Timed(Trainer):
    """The Trainer with a given loss; keeps the loss and the seconds of every step."""

    def __init__(self, loss: Loss, **options: Any) -> None:
        super().__init__(**options)
        self.model_accepts_loss_kwargs = True
        self.loss = loss
        self.losses: list[float] = []
        self.step_seconds: list[float] = []
        self.processor_seconds: list[float] = []
        self.add_callback(_Clock(self))

    def _get_train_sampler(self, train_dataset: Any = None) -> torch.utils.data.Sampler[int]:
        rows: Any = self.train_dataset
        return torch.utils.data.SequentialSampler(rows)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        loss: torch.Tensor = self.loss(model, inputs) / num_items_in_batch
        self.losses.append(float(loss.detach()))
        return loss


class _Clock(TrainerCallback):
    def __init__(self, trainer: Timed) -> None:
        self.trainer = trainer
        self.began = (0.0, 0.0)

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.began = (time.perf_counter(), time.process_time())

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.trainer.step_seconds.append(time.perf_counter() - self.began[0])
        self.trainer.processor_seconds.append(time.process_time() - self.began[1])


def _train(model: Any, start: Weights, rows: list[Tokens], loss: Loss, folder: Path) -> Timed:
    """A few steps from the same fresh adapter."""
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if name in start:
                weights.copy_(start[name])
    arguments = TrainingArguments(
        output_dir=str(folder),
        max_steps=STEPS,
        per_device_train_batch_size=BATCH,
        learning_rate=2e-4,
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=False,
    )
    trainer = Timed(
        loss, model=model, args=arguments, train_dataset=rows, data_collator=partial(collate, padding=0)
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return trainer
