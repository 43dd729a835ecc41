"""TRL's SFTTrainer as it comes, in this process. Called by bench/training_ways.py.

It lives in a folder of its own in the user's cache (or where STUDIO_BENCH_PEERS says): the studio has no use
for it. What else it needs are the studio's own libraries, so that both sides compute with the same ones.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from peft import LoraConfig

from bench.peers import INSTALL_SECONDS, NoPeers
from studio.engine.example_tokens import Row
from studio.tuning.encoding import IGNORED
from studio.tuning.presets import TrainingSettings

REQUIREMENTS = Path(__file__).with_name("training-requirements.txt")


def make_importable() -> None:
    """Install what is missing. Raises NoPeers with the reason, for example without a network."""
    mark = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    home = Path(os.environ.get("STUDIO_BENCH_PEERS") or Path.home() / ".cache" / "expert-studio" / "peers")
    place = home / f"trl-{mark}"
    if not (place / "installed").exists():
        _install(place)
    os.environ["HF_HUB_OFFLINE"] = "1"
    if str(place) not in sys.path:
        sys.path.append(str(place))


def _install(place: Path) -> None:
    print(f"Installing TRL into {place}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "install", "--no-deps"]
    command += ["--target", str(place), "-r", str(REQUIREMENTS)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.SubprocessError) as problem:
        reason = getattr(problem, "stderr", None) or str(problem)
        raise NoPeers((reason.strip().splitlines() or ["no reason given"])[-1]) from problem
    (place / "installed").touch()


def trainer(
    model: Any, tokenizer: Any, rows: list[Row], training: TrainingSettings, *, shuffled: bool
) -> Any:
    """An SFTTrainer ready to train: the studio's tokens and settings; its own loss and batches."""
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    examples = [{"input_ids": row.tokens, "labels": _labels(row)} for row in rows]
    settings = SFTConfig(
        num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch_size,
        learning_rate=training.learning_rate,
        lr_scheduler_type=training.schedule,
        train_sampling_strategy="random" if shuffled else "sequential",
        seed=training.seed,
        max_length=None,
        optim="adamw_torch",
        activation_checkpointing=False,
        use_cpu=True,
        bf16=False,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    adapter = LoraConfig(
        r=training.rank, lora_alpha=training.alpha, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    return SFTTrainer(
        model=model,
        args=settings,
        train_dataset=Dataset.from_list(examples),
        processing_class=tokenizer,
        peft_config=adapter,
    )


def _labels(row: Row) -> list[int]:
    start = max(1, row.prompt_length)
    return [IGNORED] * start + row.tokens[start:]
