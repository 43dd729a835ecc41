"""Makes adapters 901 and 902 with random weights in a process: `python adapters.py BASE FOLDER`."""

import sys
from pathlib import Path


def make_random_adapters(base: Path, folder: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from studio.models.folders import write_manifest

    config = LoraConfig(
        r=4, lora_alpha=64, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM"
    )
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    for seed in (901, 902):  # no register of another test counts that far
        torch.manual_seed(seed)
        adapted = get_peft_model(model, config)
        adapted.save_pretrained(folder / str(seed))
        write_manifest(folder / str(seed))
        model = adapted.unload()


if __name__ == "__main__":
    make_random_adapters(Path(sys.argv[1]), Path(sys.argv[2]))
