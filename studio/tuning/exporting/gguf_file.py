"""Writes merged weights as GGUF, with the tokenizer of a GGUF file of the base model.

Runs in the export's process only. Layout: ggml's llama rotates neighbouring halves of the query and key rows,
Hugging Face's opposite ones, so these rows change places (`permute` in llama.cpp's conversion of llama). Its
phi3 rotates as Hugging Face does, and has the same fused layers.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import MODEL_ARCH, GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType, get_tensor_name_map

from studio.errors import StudioError
from studio.tuning.exporting.originals import LAYOUTS

KEPT = ("general.type", "general.license", "general.languages", "general.size_label")
TOKENIZER = "tokenizer."
ARCHITECTURES = {"llama": MODEL_ARCH.LLAMA, "phi3": MODEL_ARCH.PHI3}


def write_gguf(model: Any, original: Path, target: Path, name: str) -> None:
    """16-bit weights; numbers about shapes come from the model, the tokenizer from `original`."""
    layout = LAYOUTS[model.config.model_type]
    writer = GGUFWriter(target, layout)
    writer.add_name(name)
    _add_shape(writer, model.config)
    written = {key for part in writer.kv_data for key in part}
    for field in GGUFReader(original).fields.values():
        of_base = field.name.startswith((TOKENIZER, f"{layout}.")) or field.name in KEPT
        if of_base and field.name not in written:
            kinds = field.types
            inner = kinds[-1] if kinds[0] == GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kinds[0], sub_type=inner)
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    _add_tensors(writer, model)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def check_original(original: Path, tokenizer: Any) -> None:
    """Raise StudioError unless the file's tokens are the tokenizer's; behind them a file may hold fillers."""
    field = GGUFReader(original).get_field(f"{TOKENIZER}ggml.tokens")
    tokens = field.contents() if field else []
    if tokens[: len(tokenizer)] != tokenizer.convert_ids_to_tokens(range(len(tokenizer))):
        raise StudioError(f"{original.name} is of another model: its tokens are not those of the base model.")


def check_tokenizer(written: Path, original: Path) -> None:
    """Raise StudioError unless tokens, merges, marks and chat template are those of the original."""
    mine, theirs = (
        {
            field.name: field.contents()
            for field in GGUFReader(path).fields.values()
            if field.name.startswith(TOKENIZER)
        }
        for path in (written, original)
    )
    differing = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
    if differing:
        raise StudioError(
            f"The GGUF file's {differing[0]} is not that of the base model; it is not given out."
        )


def _add_shape(writer: GGUFWriter, config: Any) -> None:
    head = config.hidden_size // config.num_attention_heads
    writer.add_vocab_size(config.vocab_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_dimension_count(int(head * config.rope_parameters.get("partial_rotary_factor", 1.0)))
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)


def _add_tensors(writer: GGUFWriter, model: Any) -> None:
    config = model.config
    layout = LAYOUTS[config.model_type]
    names = get_tensor_name_map(ARCHITECTURES[layout], config.num_hidden_layers)
    rows_of = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    for key, tensor in model.state_dict().items():
        if key == "lm_head.weight" and config.tie_word_embeddings:
            continue
        name = names.get_name(key, try_suffixes=(".weight", ".bias"))
        if name is None:
            raise StudioError(f"The weights {key} have no place in a GGUF file; export the model merged.")
        values = tensor.detach().to("cpu", torch.float32).numpy()
        heads = rows_of.get(key.split(".")[-2]) if layout == "llama" else None
        if heads:
            values = _swap_halves(values, heads)
        # one-dimensional weights are few and their precision counts, so llama.cpp keeps them in 32 bit
        writer.add_tensor(name, values if values.ndim == 1 else values.astype(np.float16))


def _swap_halves(values: "np.ndarray[Any, Any]", heads: int) -> "np.ndarray[Any, Any]":
    """Rows of each head from two halves one after the other to one of each in turn; shape stays."""
    half = values.shape[0] // heads // 2
    rest = values.shape[1:]
    return np.ascontiguousarray(values.reshape(heads, 2, half, *rest).swapaxes(1, 2).reshape(values.shape))
