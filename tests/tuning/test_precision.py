"""In which precision the layers of an adapter compute."""

from functools import partial
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM, TrainerCallback, TrainingArguments

from studio.engine.example_tokens import Row
from studio.tuning.encoding import collate
from studio.tuning.presets import TrainingSettings
from studio.tuning.trainer import AdapterTrainer

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]


class Uncounted(TrainerCallback):
    def add(self, loss: torch.Tensor, tokens: int) -> None:
        """Nothing is kept."""


@pytest.mark.parametrize(("bf16", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_adapters_compute_in_the_precision_that_is_asked_for(bf16, expected, tmp_path: Path):
    shape = LlamaConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, vocab_size=64
    )
    model = get_peft_model(
        LlamaForCausalLM(shape), LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM")
    )
    seen = set()
    layer = next(module for name, module in model.named_modules() if name.endswith("lora_A.default"))
    layer.register_forward_hook(lambda module, given, made: seen.add(made.dtype))
    arguments = TrainingArguments(
        output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=2, bf16=bf16, use_cpu=True,
        report_to="none", save_strategy="no", disable_tqdm=True, remove_unused_columns=False,
        dataloader_pin_memory=False,
    )  # fmt: skip
    rows = [Row(list(range(10)), 3) for _ in range(2)]
    trainer = AdapterTrainer(
        rows,
        TrainingSettings(),
        Uncounted(),
        model=model,
        args=arguments,
        data_collator=partial(collate, padding=0),
    )
    trainer.train()
    assert seen == {expected}
