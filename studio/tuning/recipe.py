"""The training recipe, read top to bottom: load, prepare, train, save.

    python -m studio.tuning.recipe RUN_FOLDER

Started by process.py; needs the run folder alone, no database. Exit codes: 0 done or stopped as asked,
1 failed, 75 can be resumed, 78 nothing to train with these settings.
"""

import math
import os
import resource
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    Trainer,
    TrainingArguments,
)
from transformers.utils.logging import disable_progress_bar

from studio.engine.example_tokens import Row
from studio.errors import StudioError
from studio.models.folders import write_manifest
from studio.tuning.checkpoints import newest_sound, path_of, sweep
from studio.tuning.encoding import Encoded, SimilarLengths, collate, encode
from studio.tuning.failures import MISCONFIGURED, RESUMABLE, RunFailed, disk_full, explained, loss_not_finite
from studio.tuning.loss import summed_loss
from studio.tuning.plan import ADAPTER, HELD_OUT, TRAIN, RunPlan, read_plan, read_rows, write_result
from studio.tuning.presets import TrainingSettings, total_steps
from studio.tuning.process import leave_mark
from studio.tuning.watch import Schedule, StopSignal, Watch

HELD_OUT_ROWS = 64
HELD_OUT_BATCH = 8


def main(run: Path) -> int:
    """Train what the folder says and write result.json. Returns the exit code."""
    stop = StopSignal()
    disable_progress_bar()  # type: ignore[no-untyped-call]
    leave_mark(run, os.getpid())
    (run / "result.json").unlink(missing_ok=True)
    try:
        result = train(run, read_plan(run), stop)
    except StudioError as error:
        code = error.exit_code if isinstance(error, RunFailed) else MISCONFIGURED
        write_result(run, {"state": "interrupted" if code == RESUMABLE else "failed", "error": str(error)})
        return code
    write_result(run, result)
    return 0


def train(run: Path, plan: RunPlan, stop: StopSignal) -> dict[str, Any]:
    """Load, prepare, train, save; returns the result. Raises RunFailed with a sentence."""
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(plan.training.seed)
    sweep(run)

    tokenizer, model = load(plan)
    examples, held_out = prepare(run, plan.training, tokenizer, model)
    model = attach(model, plan)

    total = total_steps(len(examples.rows), plan.training)
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
    schedule = plan_schedule(plan.training, total, held_out, padding, model)
    watch = Watch(run, schedule, stop)
    trainer = AdapterTrainer(
        examples.rows,
        watch,
        model=model,
        args=arguments(run, plan.training, total),
        data_collator=partial(collate, padding=padding),
    )

    step, notes = newest_sound(run)
    if shutil.disk_usage(run).free < 2 * schedule.save_bytes:
        raise disk_full(run)
    with explained(run, plan.training, examples.longest):
        trainer.train(resume_from_checkpoint=str(path_of(run, step)) if step else None)
    if watch.progress.ended_by == "nan":
        raise loss_not_finite(trainer.state.global_step, plan.training, newest_sound(run)[0])
    if watch.progress.ended_by == "disk":
        raise disk_full(run)

    stopped = watch.progress.ended_by == "stop"
    if not stopped:
        with explained(run, plan.training, examples.longest):
            save(run, plan, model)
    return {
        "state": "stopped" if stopped else "succeeded",
        "error": None,
        "steps": trainer.state.global_step,
        "total_steps": total,
        "train_loss": mean(watch.progress.losses[-10:]),
        "eval_loss": watch.progress.eval_loss,
        "seconds": round(watch.progress.seconds, 1),
        "tokens": watch.progress.tokens,
        "tokens_per_second": round(watch.progress.tokens / max(watch.progress.seconds, 1e-9), 1),
        "examples": len(examples.rows),
        "longest": examples.longest,
        "cut": examples.cut,
        "left_out": examples.left_out,
        "held_out_rows": len(held_out.rows),
        "resumed_from": step,
        "notes": notes,
        "peak_memory_bytes": peak_memory(),
        "device": torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu",
    }


def load(plan: RunPlan) -> tuple[Any, Any]:
    """The tokenizer and the base model: 16 bit on a GPU, 32 bit on a CPU, NF4 for QLoRA."""
    on_gpu = torch.cuda.is_available()
    dtype = torch.float32
    if on_gpu:
        dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    options: dict[str, Any] = {"dtype": dtype, "device_map": {"": 0 if on_gpu else "cpu"}}
    if plan.method == "qlora":
        options["quantization_config"] = BitsAndBytesConfig(  # type: ignore[no-untyped-call]
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    tokenizer = AutoTokenizer.from_pretrained(plan.base_folder, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(
        plan.base_folder, local_files_only=True, use_safetensors=True, **options
    )
    return tokenizer, model


def prepare(run: Path, training: TrainingSettings, tokenizer: Any, model: Any) -> tuple[Encoded, Encoded]:
    """Tokenised examples and held-out rows, no longer than the model's context."""
    context = int(getattr(model.config, "max_position_embeddings", None) or 2048)
    limit = min(context, training.max_length or context)
    examples = encode(read_rows(run / TRAIN), tokenizer, limit)
    if not examples.rows:
        raise RunFailed(
            f"There is no example to train on: {examples.left_out} were left out because the prompt "
            f"alone is longer than {limit} tokens."
            if examples.left_out
            else "There is no example to train on.",
            MISCONFIGURED,
        )
    rows = read_rows(run / HELD_OUT)
    spread = rows[:: max(1, math.ceil(len(rows) / HELD_OUT_ROWS))]
    return examples, encode(spread, tokenizer, limit)


def attach(model: Any, plan: RunPlan) -> Any:
    """The base model, frozen, with a fresh adapter on every linear layer."""
    if plan.method == "qlora":
        keep_gradients_exact(model)
    config = LoraConfig(
        r=plan.training.rank,
        lora_alpha=plan.training.alpha,
        lora_dropout=plan.training.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, config)


def keep_gradients_exact(model: Any) -> None:
    """Forbid bitsandbytes to repack 4-bit weights in place for AVX512-BF16 processors.

    After one forward pass in evaluation mode the repacked layers return no input gradient, with nothing
    but a warning, and a loss that looks healthy (measured on bitsandbytes 0.50.2: gradients off by 91 %).
    prepare_model_for_kbit_training is left out on purpose: it turns the embeddings into 32 bit, which
    costs 1.2 GB on Phi-4-mini.
    """
    for module in model.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False


def plan_schedule(
    training: TrainingSettings, total: int, held_out: Encoded, padding: int, model: Any
) -> Schedule:
    """Held-out checks and checkpoints spread evenly; a check at the very end, no checkpoint there."""
    rows = sorted(held_out.rows, key=lambda row: len(row.tokens))
    batches = [collate(rows[at : at + HELD_OUT_BATCH], padding) for at in range(0, len(rows), HELD_OUT_BATCH)]
    adapter = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return Schedule(
        held_out=batches,
        check_at=spread(total, training.evaluations if batches else 0),
        save_at=spread(total, training.checkpoints + 1) - {total},
        save_bytes=adapter * 4 * 3,  # weights and two Adam moments in 32 bit
    )


def spread(total: int, count: int) -> frozenset[int]:
    """`count` steps at even distances, the last one at `total`."""
    return frozenset(max(1, round(total * part / count)) for part in range(1, count + 1))


def arguments(run: Path, training: TrainingSettings, total: int) -> TrainingArguments:
    """The Trainer's arguments; what it would log, evaluate or save by itself is switched off."""
    on_gpu = torch.cuda.is_available()
    bf16 = on_gpu and torch.cuda.is_bf16_supported()
    return TrainingArguments(
        output_dir=str(run / "checkpoints"),
        max_steps=total,
        per_device_train_batch_size=training.batch_size,
        gradient_accumulation_steps=training.accumulation,
        learning_rate=training.learning_rate,
        lr_scheduler_type="constant_with_warmup" if training.schedule == "constant" else training.schedule,
        warmup_steps=training.warmup,
        weight_decay=training.weight_decay,
        optim="paged_adamw_32bit" if training.optimiser == "paged_adamw" and on_gpu else "adamw_torch",
        activation_checkpointing=training.recompute,
        activation_checkpointing_kwargs={"use_reentrant": False} if training.recompute else None,
        bf16=bf16,
        fp16=on_gpu and not bf16,
        use_cpu=not on_gpu,
        seed=training.seed,
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=on_gpu,
    )


class AdapterTrainer(Trainer):
    """The Trainer with our loss, our order of examples, and a watch that counts."""

    def __init__(self, rows: list[Row], watch: Watch, **options: Any) -> None:
        super().__init__(train_dataset=rows, callbacks=[watch], **options)
        self.rows = rows
        self.watch = watch
        self.model_accepts_loss_kwargs = True  # so that num_items_in_batch spans the accumulated batches
        self.loss_is_scaled_for_ga = True

    def _get_train_sampler(self, train_dataset: Any = None) -> SimilarLengths:
        return SimilarLengths(self.rows, self.args.per_device_train_batch_size, self.args.seed)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        loss: torch.Tensor = summed_loss(self.accelerator.unwrap_model(model), inputs) / num_items_in_batch
        self.watch.add(loss.detach(), int(inputs["attention_mask"].sum()))
        return loss


def save(run: Path, plan: RunPlan, model: Any) -> None:
    """The adapter, renamed into place when it is whole; its checkpoints are no longer needed."""
    part, final = run / "adapter.part", run / ADAPTER
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(final, ignore_errors=True)
    model.peft_config["default"].base_model_name_or_path = plan.base_model
    model.save_pretrained(part, save_embedding_layers=False)
    write_manifest(part)
    part.rename(final)
    shutil.rmtree(run / "checkpoints")


def mean(values: list[float]) -> float | None:
    """None of nothing."""
    return sum(values) / len(values) if values else None


def peak_memory() -> int:
    """Bytes: of the GPU where there is one, else resident."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
