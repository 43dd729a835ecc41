"""The tokenizer that needs no torch says the same as the one that trains."""

import json
from pathlib import Path
from typing import Any

import pytest

from studio.engine.example_tokens import Row, example_row, fitted
from studio.engine.folder_tokenizer import folder_tokenizer
from studio.errors import NotFound
from studio.models.bundled import ensure_bundled
from studio.settings import Settings

HISTORY = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Čo je čerpadlo?"},
    {"role": "assistant", "content": "A pump. <|im_end|>"},
]
EXAMPLES: list[dict[str, Any]] = [
    {"prompt": "How long?", "completion": "41 minutes."},
    {"prompt": "And then?", "completion": "Wait: 🙂\n\n- twice", "history": HISTORY},
    {"prompt": "How long?", "completion": "41 [1].", "context": [{"title": "Manual", "text": "41 minutes."}]},
    {"prompt": "", "completion": "Pumps hum.  Always.\n"},
]
# in the manner of Llama 3, Gemma and Phi-3: a start mark, no system, an end mark
TEMPLATES = [
    "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>\n{{ m['content'] | trim }}<|im_end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}",
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    "{% for m in messages %}[{{ m.role }}] {{ m.content | tojson }}\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant] {% endif %}",
    "{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}{% else %}"
    "{{ m.content }}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if not add_generation_prompt %}{{ eos_token }}{% endif %}",
]


@pytest.fixture(scope="module")
def bundled(settings: Settings) -> Path:
    return ensure_bundled(settings)


@pytest.mark.model
@pytest.mark.parametrize("template", [None, *TEMPLATES])
def test_it_gives_the_tokens_that_training_gives(bundled: Path, tmp_path: Path, template: str | None) -> None:
    from transformers import AutoTokenizer

    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((bundled / name).read_bytes())
    source = template or (bundled / "chat_template.jinja").read_text()
    (tmp_path / "chat_template.jinja").write_text(source)
    slow = AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)
    quick = folder_tokenizer(tmp_path)
    assert [example_row(quick, one) for one in EXAMPLES] == [example_row(slow, one) for one in EXAMPLES]


def test_a_template_may_stand_in_the_config_by_its_name(tmp_path: Path) -> None:
    templates = [{"name": "tools", "template": "no"}, {"name": "default", "template": "yes"}]
    words = {
        "version": "1.0",
        "added_tokens": [],
        "model": {"type": "WordLevel", "vocab": {}, "unk_token": ""},
    }
    (tmp_path / "tokenizer.json").write_text(json.dumps(words))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": templates}))
    assert folder_tokenizer(tmp_path).chat_template == "yes"


def test_a_model_that_is_not_here_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=tmp_path.name):
        folder_tokenizer(tmp_path)


def test_a_prompt_that_fills_the_limit_leaves_nothing_to_learn() -> None:
    assert fitted(Row([1, 2, 3, 4], 3), 3) == []


def test_a_completion_that_is_too_long_loses_its_end() -> None:
    assert fitted(Row([1, 2, 3, 4], 1), 3) == [Row([1, 2, 3], 1)]


def test_a_long_plain_text_is_learned_piece_by_piece() -> None:
    assert fitted(Row([9, 1, 2, 3], 1), 3, is_text=True) == [Row([9, 1, 2], 1), Row([9, 3], 1)]
