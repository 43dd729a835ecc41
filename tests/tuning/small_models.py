"""Base models of two layers that read bytes, their GGUF originals and adapters, for the tests of exports."""

import json
from pathlib import Path
from typing import Any

from studio.models.folders import write_manifest

CHATML = (
    "{% for m in messages %}{% if loop.first and m['role'] != 'system' %}"
    "{{ '<|im_start|>system\nBe brief.<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


SHAPE = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 512, "initializer_range": 0.2,
    "bos_token_id": 256, "eos_token_id": 257, "pad_token_id": 257,
}  # fmt: skip


def save_base(folder: Path, architecture: str, **more: Any) -> Path:
    """A model of two layers that reads bytes, with fewer heads for keys than for queries."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    reader = Tokenizer(models.BPE({letter: number for number, letter in enumerate(letters)}, []))
    reader.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    reader.decoder = decoders.ByteLevel()
    marks = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=reader, chat_template=CHATML, **marks)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = AutoConfig.for_model(architecture, **{"vocab_size": len(tokenizer), **SHAPE, **more})
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder


def save_original(base: Path, path: Path, layout: str) -> Path:
    """What a base came as: a GGUF file, of which exports take the tokenizer."""
    from gguf import GGUFWriter

    writer = GGUFWriter(path, layout)
    words = json.loads((base / "tokenizer.json").read_text())["model"]["vocab"]
    fillers = range(258, json.loads((base / "config.json").read_text())["vocab_size"])
    tokens = [
        *sorted(words, key=words.__getitem__),
        "<|im_start|>",
        "<|im_end|>",
        *map("[PAD{}]".format, fillers),
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([1] * len(words) + [3, 3] + [5] * len(fillers))
    writer.add_eos_token_id(257)
    writer.add_chat_template(CHATML)
    writer.add_sliding_window(511)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def save_adapter(base: Path, folder: Path, **loading: Any) -> Path:
    """An adapter that changes every layer, as if it had been trained for long."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_pretrained(base, **loading)
    adapted = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    for name, weights in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.2)
    adapted.peft_config["default"].base_model_name_or_path = base.name
    adapted.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    write_manifest(folder)
    return folder
