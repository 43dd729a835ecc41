"""The base model in memory with its adapters: loads, switches, and generates one batch.

Called only by the engine's generation thread; the one place in the engine that knows PEFT.
"""

import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer, StoppingCriteria, StoppingCriteriaList
from transformers.utils.logging import disable_progress_bar

from studio.engine.prompts import Message, render, render_example
from studio.errors import BadInput, NotFound
from studio.models.adapter_files import check_adapter

log = logging.getLogger(__name__)
ADAPTERS_KEPT = 8
CORES = os.cpu_count() or 1
BASE = "__base__"  # PEFT's own name for "no adapter" within a mixed batch

AfterToken = Callable[[list[int]], list[bool]]


class ChatModel:
    """One base model with any number of adapters; not safe to use from two threads."""

    def __init__(self, folder: Path, adapters: Path) -> None:
        disable_progress_bar()  # type: ignore[no-untyped-call]
        self._folder_of_adapters = adapters
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self.name = folder.name
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        loader: Any = AutoModelForCausalLM
        self._base = loader.from_pretrained(
            folder, dtype=_dtype(), use_safetensors=True, local_files_only=True
        ).to(self._device)
        self._base.eval()
        self._peft: Any = None
        self._loaded: OrderedDict[int, None] = OrderedDict()
        self._active: int | None = None
        self.context_tokens = int(self._base.config.max_position_embeddings)
        ends = self._base.generation_config.eos_token_id
        self.end_ids = frozenset(ends if isinstance(ends, list) else [ends])

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """Token ids up to where the answer begins."""
        ids = self.tokenizer(render(self.tokenizer, messages), add_special_tokens=False)["input_ids"]
        return [int(i) for i in ids]

    def encode_answer(self, messages: Sequence[Message], answer: str) -> list[int]:
        """Token ids of this answer to these messages, the end of its turn included."""
        _, completion = render_example(self.tokenizer, messages, answer)
        return [int(i) for i in self.tokenizer(completion, add_special_tokens=False)["input_ids"]]

    def decode(self, ids: Sequence[int]) -> str:
        """Text of an answer, without the marks that end a turn."""
        return str(
            self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        )

    def load_adapter(self, adapter: int) -> None:
        """Check and load an adapter unless it is there; the one unused the longest makes room."""
        if adapter in self._loaded:
            self._loaded.move_to_end(adapter)
            return
        folder = self._checked_folder(adapter)
        active = self._active
        try:
            # a load between two tokens of another answer must still make ordinary tensors
            with torch.inference_mode(False):
                self._read(folder, _name(adapter))
        except (RuntimeError, ValueError) as error:
            raise BadInput(f"Adapter {adapter} does not fit {self.name}: {error}"[:300]) from error
        self._loaded[adapter] = None
        self._drop_oldest(keep=active)
        self._switch(active)

    def _read(self, folder: Path, name: str) -> None:
        # here and not at the top: it takes longer to import than the base model to load
        from peft import PeftModel

        if self._peft is None:
            self._peft = PeftModel.from_pretrained(self._base, str(folder), adapter_name=name)
        else:
            self._peft.load_adapter(str(folder), adapter_name=name)
        self._peft.eval()

    def generate(
        self,
        prompts: Sequence[list[int]],
        adapters: Sequence[int | None],
        after_token: AfterToken,
        references: Sequence[list[int]] = (),
    ) -> list[float | None]:
        """Answer a batch greedily; `after_token` gets one new token a row and says which rows are done.

        Returns for each of `references` how likely the model held it instead: mean log-probability of its
        tokens, in nats; None for an empty one, where a batch mixes adapters, and where memory does not
        suffice for it. Adapters must be loaded.
        `after_token` may call `generate` again for a batch in between, unless this one mixes adapters.
        """
        likely: list[float | None] = [None] * len(references)
        width = max(map(len, prompts))
        inputs: dict[str, Any] = {
            "input_ids": self._padded(prompts, width, self.tokenizer.pad_token_id),
            "attention_mask": self._padded([[1] * len(p) for p in prompts], width, 0),
            "max_new_tokens": self.context_tokens - width,
            "pad_token_id": self.tokenizer.pad_token_id,
            "do_sample": False,
            "stopping_criteria": StoppingCriteriaList([_Watcher(after_token)]),
        }
        torch.set_num_threads(CORES)
        with torch.inference_mode(), self._back_to(self._active):
            if len(set(adapters)) > 1:
                self._switch(next(a for a in adapters if a is not None))
                names = [BASE if a is None else _name(a) for a in adapters]
                self._peft.generate(**inputs, adapter_names=names)
            else:
                self._switch(adapters[0])
                said = self._base.generate(**inputs, return_dict_in_generate=True)
                if any(references):
                    likely = self._likely_if_it_fits(said.past_key_values, inputs, references)
        return likely

    @contextmanager
    def _back_to(self, adapter: int | None) -> Iterator[None]:
        """Afterwards, also after a failure: a batch that waits meanwhile goes on with its own adapter."""
        try:
            yield
        finally:
            self._switch(adapter)

    def _likely_if_it_fits(
        self, read: Any, inputs: dict[str, Any], references: Sequence[list[int]]
    ) -> list[float | None]:
        """The answers are there already: whatever cannot be computed here must not cost them."""
        try:
            return self._likelihoods(read, inputs, references)
        except (RuntimeError, MemoryError) as error:  # without a GPU, no memory is a plain RuntimeError
            log.warning("No likelihood of %d references: %s", len(references), error)
            return [None] * len(references)

    def _likelihoods(
        self, read: Any, inputs: dict[str, Any], references: Sequence[list[int]]
    ) -> list[float | None]:
        """`read` holds what the prompts left behind, so that only the references are read in addition.

        The last token of each prompt is read once more: it foretells the first of its reference. Row by row
        only one reference's logits (tokens x vocabulary) are there in full precision.
        """
        width, longest = inputs["input_ids"].shape[1], max(map(len, references))
        read.crop(width - 1 - read.get_seq_length())
        wanted = self._filled(references, longest, 0)
        mask = torch.cat(
            [inputs["attention_mask"], self._filled([[1] * len(r) for r in references], longest, 0)], 1
        )
        said = self._base(
            input_ids=torch.cat([inputs["input_ids"][:, -1:], wanted[:, :-1]], 1),
            attention_mask=mask[:, :-1],
            position_ids=(mask.cumsum(1) - 1).clamp(min=0)[:, width - 1 : -1],
            past_key_values=read,
        )
        return [
            -float(F.cross_entropy(row[: len(r)].float(), right[: len(r)])) if r else None
            for row, right, r in zip(said.logits, wanted, references, strict=True)
        ]

    def _filled(self, rows: Sequence[list[int]], width: int, filler: int) -> torch.Tensor:
        return torch.tensor([row + [filler] * (width - len(row)) for row in rows], device=self._device)

    def _padded(self, rows: Sequence[list[int]], width: int, filler: int) -> torch.Tensor:
        return torch.tensor([[filler] * (width - len(row)) + row for row in rows], device=self._device)

    def _switch(self, adapter: int | None) -> None:
        """Make the layers of the base model use this adapter, or none."""
        self._active = adapter
        if self._peft is None:
            return
        if adapter is None:
            self._peft.base_model.disable_adapter_layers()
        else:
            self._peft.base_model.enable_adapter_layers()
            self._peft.set_adapter(_name(adapter), inference_mode=True)

    def _drop_oldest(self, keep: int | None) -> None:
        while len(self._loaded) > ADAPTERS_KEPT:
            oldest = next(a for a in self._loaded if a != keep)
            self._peft.delete_adapter(_name(oldest))
            del self._loaded[oldest]

    def _checked_folder(self, adapter: int) -> Path:
        folder = self._folder_of_adapters / str(adapter)
        if not folder.is_dir():
            raise NotFound(f"Adapter {adapter} has no files in {self._folder_of_adapters}; train it again.")
        check_adapter(folder, base_model=self.name)
        return folder


class _Watcher(StoppingCriteria):
    """Hands each step's new tokens to the caller and takes back which rows are done."""

    def __init__(self, after_token: AfterToken) -> None:
        self._after_token = after_token

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        # a prompt gains from every core, single tokens lose more to waiting than they gain
        torch.set_num_threads(max(1, CORES // 2))
        return torch.tensor(self._after_token(input_ids[:, -1].tolist()), device=input_ids.device)


def _name(adapter: int) -> str:
    return f"adapter-{adapter}"


def _dtype() -> torch.dtype:
    if not torch.cuda.is_available():
        return torch.float32  # 1.4 times as fast as bfloat16 on common CPUs
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
