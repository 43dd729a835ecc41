"""How likely a reference is to a model of two layers, which is loaded in this process."""

from typing import TYPE_CHECKING

import pytest

from tests.tuning.small_models import save_base

if TYPE_CHECKING:
    from studio.engine.chat_model import ChatModel

pytestmark = pytest.mark.model

PROMPTS = [[72, 105, 33], [87, 104, 121, 32, 105, 115, 63]]
REFERENCES = [[66, 101, 99, 97, 117, 115, 101, 257], [78, 111, 257]]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> "ChatModel":
    from studio.engine.chat_model import ChatModel

    folder = tmp_path_factory.mktemp("tiny")
    return ChatModel(save_base(folder / "base", "llama"), folder / "adapters")


def alone(model: "ChatModel", prompt: list[int], reference: list[int]) -> float:
    """The same in one reading of everything, without a cache."""
    import torch

    with torch.no_grad():
        said = model._base(input_ids=torch.tensor([prompt + reference], device=model._base.device)).logits[0]
    logs = said[len(prompt) - 1 : -1].float().log_softmax(-1)
    return float(sum(logs[at, token] for at, token in enumerate(reference)) / len(reference))


def test_references_of_a_batch_are_as_likely_as_alone(tiny: "ChatModel") -> None:
    likely = tiny.generate(PROMPTS, [None, None], lambda new: [True] * len(new), REFERENCES)
    expected = [alone(tiny, p, r) for p, r in zip(PROMPTS, REFERENCES, strict=True)]
    # a GPU computes in sixteen bits
    assert likely == pytest.approx(expected, abs=1e-4 if tiny._device == "cpu" else 0.1)


def test_without_memory_for_a_likelihood_the_answers_stay(
    tiny: "ChatModel", monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    heard: list[int] = []
    # more than any machine has: torch says so in its own words
    monkeypatch.setattr(tiny, "_likelihoods", lambda *_: torch.empty(10**15))
    likely = tiny.generate(PROMPTS, [None, None], lambda new: [not heard.extend(new)] * 2, REFERENCES)
    assert likely == [None, None] and len(heard) == 2


def test_a_failed_batch_leaves_the_adapter_as_it_was(
    tiny: "ChatModel", monkeypatch: pytest.MonkeyPatch
) -> None:
    switched: list[int | None] = []
    monkeypatch.setattr(tiny, "_switch", switched.append)
    monkeypatch.setattr(tiny, "_active", 3)

    def fails(new: list[int]) -> list[bool]:
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        tiny.generate(PROMPTS, [None, None], fails)
    assert switched == [None, 3]
