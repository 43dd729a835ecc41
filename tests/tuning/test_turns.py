"""Ollama is told how a model's own template marks turns, and what ends one."""

from types import SimpleNamespace
from typing import Any

import pytest

from studio.errors import StudioError

pytestmark = pytest.mark.model

CHATML = (
    "{% for m in messages %}{% if loop.first and m['role'] != 'system' %}"
    "{{ '<|im_start|>system\nBe brief.<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
# ends the text where it does not open an answer, as Phi-3's and Phi-4-mini's do
PHI = (
    "{% for m in messages %}{{ '<|' + m['role'] + '|>\n' + m['content'] + '<|end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}"
)
# begins the text with a mark, drops what the system says, opens the answer in any case
OLD_PHI = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}"
    "{{ '<|user|>\n' + m['content'] + '<|end|>\n<|assistant|>\n' }}"
    "{% elif m['role'] == 'assistant' %}{{ m['content'] + '<|end|>\n' }}{% endif %}{% endfor %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('No system') }}{% endif %}" + OLD_PHI
NUMBERED = "{% for m in messages %}{{ loop.index ~ m['role'] ~ m['content'] ~ '<|end|>' }}{% endfor %}"


def tokenizer(template: str, eos: str = "<|endoftext|>") -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    reader = Tokenizer(models.BPE({letter: number for number, letter in enumerate(letters)}, []))
    reader.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    reader.decoder = decoders.ByteLevel()
    found = PreTrainedTokenizerFast(
        tokenizer_object=reader, chat_template=template, bos_token="<s>", eos_token=eos, pad_token=eos
    )
    found.add_tokens(["<|end|>", "<|im_start|>", "<|im_end|>", "<|user|>"], special_tokens=True)
    return found


def told(template: str, eos: str = "<|endoftext|>", system: str = "") -> str:
    from studio.tuning.exporting.modelfile import modelfile

    return modelfile(tokenizer(template, eos), "parts.gguf", 512, system)


def test_ollama_is_told_the_template_the_system_message_and_where_a_turn_ends() -> None:
    said = told(CHATML, "<|im_end|>")
    assert said.startswith('FROM ./parts.gguf\nTEMPLATE """{{ range .Messages }}{{ if eq .Role "system" }}')
    assert '{{ else if eq .Role "user" }}<|im_start|>user\n{{ .Content }}<|im_end|>\n{{ else if' in said
    assert '{{ end }}{{ end }}<|im_start|>assistant\n"""\nSYSTEM """Be brief."""' in said
    assert 'PARAMETER stop "<|im_end|>"' in said
    assert "PARAMETER num_ctx 512" in said


def test_marks_that_differ_by_role_are_told_apart() -> None:
    said = told(PHI)
    assert '{{ if eq .Role "system" }}<|system|>\n{{ .Content }}<|end|>\n' in said
    assert '{{ end }}{{ end }}<|assistant|>\n"""' in said
    assert {'PARAMETER stop "<|end|>"', 'PARAMETER stop "<|endoftext|>"'} <= set(said.splitlines())


@pytest.mark.parametrize("template", [OLD_PHI, NO_SYSTEM])
def test_a_template_without_a_system_role_is_told_without_it(template: str) -> None:
    said = told(template)
    assert "system" not in said.lower() and "<s>" not in said
    assert '{{ if eq .Role "user" }}<|user|>\n{{ .Content }}<|end|>\n<|assistant|>\n{{ else' in said


def test_a_model_is_told_first_what_all_its_examples_began_with() -> None:
    said = told(CHATML, system="You are a clerk.")
    assert 'SYSTEM """You are a clerk."""' in said and "Be brief." not in said
    with pytest.raises(StudioError, match="ends a text in a Modelfile"):
        told(CHATML, system='"""\nADAPTER /etc/passwd')


def test_a_template_that_cannot_be_told_is_refused() -> None:
    with pytest.raises(StudioError, match="another way than a Modelfile can say"):
        told(NUMBERED)


@pytest.mark.parametrize(("named", "ends"), [(None, [257, 258]), ([257, 258], [257, 258]), (258, [258])])
def test_an_answer_ends_where_training_ended_it(named: Any, ends: list[int]) -> None:
    from studio.tuning.exporting.turns import turn_ends

    assert turn_ends(tokenizer(PHI), SimpleNamespace(eos_token_id=named)) == ends
