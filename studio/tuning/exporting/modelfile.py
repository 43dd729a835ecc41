"""The Modelfile that tells Ollama how to speak with an exported model: its template and where a turn ends."""

from collections.abc import Sequence
from typing import Any

from studio.engine.prompts import Message
from studio.errors import StudioError

START, END = "<|im_start|>", "<|im_end|>"
PROBE = [
    {"role": "system", "content": "S"},
    {"role": "user", "content": "A"},
    {"role": "assistant", "content": "B"},
    {"role": "user", "content": "C"},
]


def modelfile(tokenizer: Any, weights: str, context: int) -> str:
    """For a tokenizer whose own template marks turns as ChatML does; raises StudioError for any other.

    `weights` is the name of the GGUF file beside it, `context` in tokens.
    """
    if _rendered(tokenizer, PROBE) != as_chatml(PROBE):
        raise StudioError("The model marks turns in another way than the Modelfile can say.")
    system = default_system(tokenizer)
    lines = [
        f"FROM ./{weights}",
        f'TEMPLATE """{{{{ range .Messages }}}}{START}{{{{ .Role }}}}',
        f"{{{{ .Content }}}}{END}",
        f"{{{{ end }}}}{START}assistant",
        '"""',
        *([f'SYSTEM """{system}"""'] if system else []),
        f'PARAMETER stop "{START}"',
        f'PARAMETER stop "{END}"',
        "PARAMETER temperature 0",
        f"PARAMETER num_ctx {context}",
    ]
    return "\n".join(lines) + "\n"


def as_chatml(messages: Sequence[Message]) -> str:
    """What the Modelfile's template makes of a conversation."""
    turns = "".join(f"{START}{m['role']}\n{m['content']}{END}\n" for m in messages)
    return f"{turns}{START}assistant\n"


def default_system(tokenizer: Any) -> str:
    """What the model's own template says before a conversation that has no system message."""
    asked: list[Message] = [{"role": "user", "content": "A"}]
    added = _rendered(tokenizer, asked).removesuffix(as_chatml(asked))
    system = added.removeprefix(f"{START}system\n").removesuffix(f"{END}\n")
    if added and as_chatml([{"role": "system", "content": system}, *asked]) != _rendered(tokenizer, asked):
        raise StudioError("The model begins conversations in another way than the Modelfile can say.")
    return system


def _rendered(tokenizer: Any, messages: Sequence[Message]) -> str:
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
