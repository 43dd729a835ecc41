"""The shape of a language model, read from its config.json alone, and the sizes that follow from it.

Called by the estimate. Pure arithmetic: no weights, no torch. A test compares the counts of every listed
architecture with models built without memory; other architectures are counted by built_shape.py.
"""

from dataclasses import dataclass
from typing import Any

from studio.errors import BadInput

# NF4 with double quantisation: 4 bits, an 8-bit scale for 64 weights, a 32-bit scale for 256 of those
# (Dettmers et al., arXiv 2305.14314): 0.516 bytes a weight.
NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)


@dataclass(frozen=True)
class Family:
    """What the architectures differ in; `tied` and `head_size` are what their config.json may leave out.

    `fused`: one layer for query, key and value and one for gate and up. `gated`: the feed-forward part has a
    gate. `norms`: of a block, each over the hidden size. `norms_heads`: queries and keys are normed as well.
    `readers`: linear layers that read the block's hidden state.
    """

    fused: bool = False
    gated: bool = True
    norms: int = 2
    norms_heads: bool = False
    readers: int = 5
    tied: bool = False
    head_size: int | None = None


FAMILIES = {
    "llama": Family(),
    "mistral": Family(),
    "qwen2": Family(),
    "qwen3": Family(norms_heads=True, head_size=128),
    "smollm3": Family(tied=True),
    "olmo2": Family(norms_heads=True),
    "gemma2": Family(norms=4, tied=True, head_size=256),
    "gemma3_text": Family(norms=4, norms_heads=True, tied=True, head_size=256),
    "phi3": Family(fused=True, readers=2),
    "phi": Family(gated=False, norms=1, readers=4),
}


@dataclass(frozen=True)
class Counted:
    """Of a model that was built: weights of its linear layers, all others, and the linears' widths."""

    linear: int
    other: int
    widths: int


@dataclass(frozen=True)
class Shape:
    """A decoder-only transformer; `tied`: head and embeddings are one. `counted` replaces what follows."""

    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    context: int
    tied: bool
    architecture: str = "llama"
    counted: Counted | None = None

    @property
    def family(self) -> Family:
        """What its architecture is like; of an unknown one as most are."""
        return FAMILIES.get(self.architecture, Family())

    @property
    def query(self) -> int:
        """Width of the queries."""
        return self.heads * self.head_size

    @property
    def key(self) -> int:
        """Width of the keys, and of the values."""
        return self.kv_heads * self.head_size

    @property
    def linears(self) -> tuple[tuple[int, int], ...]:
        """(in, out) of every linear layer of one block."""
        inner: tuple[int, ...]
        if self.family.fused:
            inner = (self.query + 2 * self.key, 2 * self.intermediate)
        else:
            inner = (self.query, self.key, self.key, *(self.intermediate,) * (1 + self.family.gated))
        return (
            *((self.hidden, wide) for wide in inner),
            (self.query, self.hidden),
            (self.intermediate, self.hidden),
        )

    @property
    def linear_parameters(self) -> int:
        """Weights that LoRA adapts and QLoRA stores in 4 bit."""
        return self.counted.linear if self.counted else self.layers * sum(i * o for i, o in self.linears)

    @property
    def other_parameters(self) -> int:
        """Embeddings, head, norms and biases: never quantised."""
        if self.counted:
            return self.counted.other
        tables = 1 if self.tied else 2
        return tables * self.vocabulary * self.hidden + self.layers * self._small + self._last

    @property
    def _small(self) -> int:
        """Norms and biases of one block."""
        norms = self.family.norms * self.hidden
        if self.architecture == "qwen2":
            return norms + self.query + 2 * self.key
        if self.architecture == "phi":  # its norm has a bias too
            return 2 * norms + self.query + 2 * self.key + 2 * self.hidden + self.intermediate
        if self.architecture == "olmo2":
            return norms + self.query + self.key
        return norms + (2 * self.head_size if self.family.norms_heads else 0)

    @property
    def _last(self) -> int:
        """The norm after the last block, and what bias the head has."""
        return 2 * self.hidden + self.vocabulary if self.architecture == "phi" else self.hidden

    @property
    def parameters(self) -> int:
        """All weights."""
        return self.linear_parameters + self.other_parameters

    @property
    def largest_linear(self) -> int:
        """Weights of the largest linear layer of a block, which QLoRA unpacks while it is used."""
        return max(i * o for i, o in self.linears)

    def adapter_parameters(self, rank: int) -> int:
        """LoRA on every linear layer: rank times (in + out) each."""
        if self.counted:
            return rank * self.counted.widths
        return rank * self.layers * sum(i + o for i, o in self.linears)


def read_shape(config: dict[str, Any]) -> Shape:
    """The shape a config.json describes. Raises BadInput when it is not a plain decoder."""
    architecture = str(config.get("model_type", ""))
    family = FAMILIES.get(architecture, Family())
    try:
        heads, hidden = int(config["num_attention_heads"]), int(config["hidden_size"])
        return Shape(
            layers=int(config["num_hidden_layers"]),
            hidden=hidden,
            intermediate=int(config["intermediate_size"]),
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            head_size=int(config.get("head_dim") or family.head_size or hidden // heads),
            vocabulary=int(config["vocab_size"]),
            context=int(config.get("max_position_embeddings") or 2048),
            tied=bool(config.get("tie_word_embeddings", family.tied)),
            architecture=architecture,
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise BadInput(
            f"The memory of this model cannot be estimated: its config.json has no usable {error}."
        ) from error
