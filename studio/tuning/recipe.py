"""The training recipe, read top to bottom: load, prepare, train, save.

    python -m studio.tuning.recipe RUN_FOLDER

Started by process.py; needs the run folder alone, no database. Exit codes: 0 done or stopped as asked,
1 failed, 75 can be resumed, 78 nothing to train with these settings.
"""

import os
import shutil
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model, set_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainingArguments
from transformers.utils.logging import disable_progress_bar

from studio.errors import StudioError
from studio.models.folders import write_manifest
from studio.tuning import checkpoints, together
from studio.tuning.edition import edition
from studio.tuning.encoding import Encoded, collate, encode
from studio.tuning.failures import RunFailed, disk_full, explained, loss_not_finite
from studio.tuning.four_bit import four_bit, keep_gradients_exact
from studio.tuning.plan import (
    ADAPTER,
    HELD_OUT,
    MISCONFIGURED,
    RESUMABLE,
    TRAIN,
    RunPlan,
    read_plan,
    read_rows,
    write_result,
)
from studio.tuning.presets import TrainingSettings, total_steps
from studio.tuning.process import leave_mark
from studio.tuning.schedule import HeldOut, plan_held_out, plan_schedule
from studio.tuning.shares import share_of
from studio.tuning.trainer import AdapterTrainer
from studio.tuning.watch import StopSignal, Watch, peak_memory


def main(run: Path) -> int:
    """Train what the folder says and write result.json. Returns the exit code."""
    stop = StopSignal()
    disable_progress_bar()  # type: ignore[no-untyped-call]
    if not together.is_launched():  # else who launched us stands for all
        with suppress(OSError):  # on a full disk who started us has done it
            leave_mark(run, os.getpid())
    (run / "result.json").unlink(missing_ok=True)
    made_with = edition()  # now: the code on disk may change before the night is over
    try:
        result = train(run, read_plan(run), stop)
    except StudioError as error:
        code = error.exit_code if isinstance(error, RunFailed) else MISCONFIGURED
        if together.is_first():
            checkpoints.sweep(run)  # half a checkpoint may be what filled the disk
        state = "interrupted" if code == RESUMABLE else "failed"
        with suppress(OSError):  # the exit code says the same
            write_result(run, {"state": state, "error": str(error)})
        return code
    if together.is_first():
        write_result(run, result | {"edition": made_with})
    if result["state"] == "succeeded":
        shutil.rmtree(run / "checkpoints")  # until now a kill would have needed them
    together.end()
    return 0


def train(run: Path, plan: RunPlan, stop: StopSignal) -> dict[str, Any]:
    """Load, prepare, train, save; returns the result. Raises RunFailed with a sentence."""
    together.begin(plan.processes)
    share = share_of(plan.training, plan.processes)
    torch.set_num_threads(max(1, len(os.sched_getaffinity(0)) // plan.processes))
    torch.manual_seed(plan.training.seed)
    if together.is_first():
        checkpoints.sweep(run)

    tokenizer, model = load(plan)
    examples, held_out = prepare(run, plan.training, tokenizer, model)
    model = attach(model, plan)

    total = total_steps(len(examples.rows), plan.training)
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
    schedule = plan_schedule(plan.training, total, held_out, model)
    watch = Watch(run, schedule, held_out, tokenizer, stop)
    trainer = AdapterTrainer(
        examples.rows,
        plan.training,
        watch,
        model=model,
        args=arguments(run, share, total),
        data_collator=partial(collate, padding=padding),
    )

    begin, notes = checkpoints.newest_sound(run)
    together.wait()  # all must have chosen before one of them is removed
    if begin is not None and together.is_first():
        checkpoints.discard_after(run, begin)
    missing = max(2, checkpoints.MOST_AT_ONCE - len(checkpoints.steps(run)))
    if shutil.disk_usage(run).free < missing * schedule.save_bytes:
        raise disk_full(run)
    with explained(run, plan.training, examples.longest):
        trainer.train(resume_from_checkpoint=str(checkpoints.path_of(run, begin)) if begin else None)
    last = trainer.state.global_step
    if not together.is_first():
        return {"state": "done"}
    if watch.progress.ended_by == "nan":
        raise loss_not_finite(last, plan.training, checkpoints.newest_sound(run)[0])
    if watch.progress.ended_by == "disk":
        raise disk_full(run)

    stopped = watch.progress.ended_by == "stop"
    best, lost = checkpoints.best_sound(run, watch.progress.checks, last)
    if not stopped:
        with explained(run, plan.training, examples.longest):
            save(run, plan, model, best if best != last else None)
            if held_out.samples.asked_at:
                watch.answer(model, best)
    return {
        "state": "stopped" if stopped else "succeeded",
        "error": None,
        "steps": last,
        "total_steps": total,
        **watch.progress.reported(best),
        "examples": len(examples.rows),
        "longest": examples.longest,
        "cut": examples.cut,
        "left_out": examples.left_out,
        "held_out_rows": held_out.rows,
        "resumed_from": begin,
        "notes": notes + lost,
        "peak_memory_bytes": peak_memory(),
        "device": torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu",
        "processes": plan.processes,
    }


def load(plan: RunPlan) -> tuple[Any, Any]:
    """The tokenizer and the base model: 16 bit on a GPU, 32 bit on a CPU, NF4 for QLoRA."""
    on_gpu = torch.cuda.is_available()
    dtype = torch.float32
    if on_gpu:
        dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    options: dict[str, Any] = {"dtype": dtype, "device_map": {"": 0 if on_gpu else "cpu"}}
    if plan.method == "qlora":
        options["quantization_config"] = four_bit(dtype)
    tokenizer = AutoTokenizer.from_pretrained(plan.base_folder, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(
        plan.base_folder, local_files_only=True, use_safetensors=True, **options
    )
    return tokenizer, model


def prepare(run: Path, training: TrainingSettings, tokenizer: Any, model: Any) -> tuple[Encoded, HeldOut]:
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
    return examples, plan_held_out(read_rows(run / HELD_OUT), tokenizer, limit, training, examples)


def attach(model: Any, plan: RunPlan) -> Any:
    """The base model, frozen, with a fresh adapter in 32 bit on every linear layer."""
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


def save(run: Path, plan: RunPlan, model: Any, best: int | None) -> None:
    """The adapter, of the checkpoint at step `best` or as it is, renamed into place when it is whole."""
    if best is not None:
        set_peft_model_state_dict(
            model, load_file(checkpoints.path_of(run, best) / "adapter_model.safetensors")
        )
    part, final = run / "adapter.part", run / ADAPTER
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(final, ignore_errors=True)
    model.peft_config["default"].base_model_name_or_path = plan.base_model
    model.save_pretrained(part, save_embedding_layers=False)
    write_manifest(part)
    part.rename(final)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
