"""The Modelfile that tells Ollama how to speak with an exported model: its template and where a turn ends."""

from typing import Any

from studio.errors import StudioError
from studio.tuning.exporting.turns import Turns, read_turns

QUOTES = '"""'
ROLES = ("system", "user", "assistant")


def modelfile(tokenizer: Any, weights: str, context: int, system: str = "") -> str:
    """Raises StudioError for a tokenizer whose template cannot be said in Ollama's words.

    `weights` is the name of the GGUF file beside it, `context` in tokens; `system` is what the model was
    trained to be told first, else the template's own is said.
    """
    turns = read_turns(tokenizer)
    system = system or turns.system
    if QUOTES in system:
        raise StudioError(f"The system message holds {QUOTES}, which ends a text in a Modelfile.")
    lines = [
        f"FROM ./{weights}",
        f"TEMPLATE {QUOTES}{_template(turns)}{QUOTES}",
        *([f"SYSTEM {QUOTES}{system}{QUOTES}"] if system else []),
        *(f'PARAMETER stop "{mark}"' for mark in _stops(tokenizer, turns)),
        "PARAMETER temperature 0",
        f"PARAMETER num_ctx {context}",
    ]
    return "\n".join(lines) + "\n"


def _template(turns: Turns) -> str:
    """In Go's template language, as Ollama reads it."""
    said = [(role, *turns.marks[role]) for role in ROLES if role in turns.marks]
    if any(quote in mark for _, *marks in said for mark in marks for quote in ("{{", QUOTES)):
        raise StudioError("The model marks turns in another way than a Modelfile can say.")
    branches = [
        f'{{{{ {"" if number == 0 else "else "}if eq .Role "{role}" }}}}{before}{{{{ .Content }}}}{after}'
        for number, (role, before, after) in enumerate(said)
    ]
    return f"{{{{ range .Messages }}}}{''.join(branches)}{{{{ end }}}}{{{{ end }}}}{turns.opening}"


def _stops(tokenizer: Any, turns: Turns) -> list[str]:
    """The model's own marks that end or begin a turn: an answer that writes one is over."""
    own = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    around = "".join(mark for marks in turns.marks.values() for mark in marks) + turns.opening
    return [mark for mark in own if mark in around or mark == tokenizer.eos_token]
