"""The shape of a language model, read from its config.json alone, and the sizes that follow from it.

Called by the estimate. Pure arithmetic: no weights, no torch.
"""

from dataclasses import dataclass
from typing import Any

from studio.errors import BadInput

FUSED = ("phi3",)  # one layer for query, key and value, one for gate and up

# NF4 with double quantisation: 4 bits, an 8-bit scale for 64 weights, a 32-bit scale for 256 of those
# (Dettmers et al., arXiv 2305.14314): 0.516 bytes a weight.
NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)


@dataclass(frozen=True)
class Shape:
    """A decoder-only transformer; `fused` as in the Phi-3 family, `tied`: head and embeddings are one."""

    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    context: int
    tied: bool
    fused: bool

    @property
    def linears(self) -> tuple[tuple[int, int], ...]:
        """(in, out) of every linear layer of one block."""
        inner: tuple[int, ...]
        query, key = self.heads * self.head_size, self.kv_heads * self.head_size
        if self.fused:
            inner = (query + 2 * key, 2 * self.intermediate)
        else:
            inner = (query, key, key, self.intermediate, self.intermediate)
        return (
            *((self.hidden, wide) for wide in inner),
            (query, self.hidden),
            (self.intermediate, self.hidden),
        )

    @property
    def linear_parameters(self) -> int:
        """Weights that LoRA adapts and QLoRA stores in 4 bit."""
        return self.layers * sum(i * o for i, o in self.linears)

    @property
    def other_parameters(self) -> int:
        """Embeddings, head and norms: never quantised."""
        tables = 1 if self.tied else 2
        return tables * self.vocabulary * self.hidden + (2 * self.layers + 1) * self.hidden

    @property
    def parameters(self) -> int:
        """All weights."""
        return self.linear_parameters + self.other_parameters

    def adapter_parameters(self, rank: int) -> int:
        """LoRA on every linear layer: rank times (in + out) each."""
        return rank * self.layers * sum(i + o for i, o in self.linears)


def read_shape(config: dict[str, Any]) -> Shape:
    """The shape a config.json describes. Raises BadInput when it is not a plain decoder."""
    try:
        heads, hidden = int(config["num_attention_heads"]), int(config["hidden_size"])
        return Shape(
            layers=int(config["num_hidden_layers"]),
            hidden=hidden,
            intermediate=int(config["intermediate_size"]),
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            head_size=int(config.get("head_dim") or hidden // heads),
            vocabulary=int(config["vocab_size"]),
            context=int(config.get("max_position_embeddings") or 2048),
            tied=bool(config.get("tie_word_embeddings", False)),
            fused=config.get("model_type") in FUSED,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"The memory of this model cannot be estimated: its config.json has no usable {error}."
        ) from error
