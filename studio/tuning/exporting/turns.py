"""How a model's own chat template marks turns, and whether an export still speaks that way.

A model that was asked in another template, or is not told where its turn ends, answers gibberish or never
stops. Runs in the export's process only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from transformers import AutoTokenizer

from studio.engine.prompts import Message, render_example
from studio.errors import StudioError

PROBE: list[Message] = [
    {"role": "system", "content": "Zeta."},
    {"role": "user", "content": "Alpha?"},
    {"role": "assistant", "content": "Beta."},
    {"role": "user", "content": "Gamma?"},
]
SYSTEM, ASKED, ANSWERED, AGAIN = PROBE


@dataclass(frozen=True)
class Turns:
    """What stands before and after the text of each role; `system` is said where nobody says anything."""

    marks: dict[str, tuple[str, str]]
    opening: str
    system: str

    @property
    def unasked(self) -> list[Message]:
        """What the template says by itself before a conversation without a system message."""
        return [{"role": "system", "content": self.system}] if self.system else []

    def render(self, messages: Sequence[Message]) -> str:
        """The conversation up to where the answer begins."""
        said = (f"{self.marks[m['role']][0]}{m['content']}{self.marks[m['role']][1]}" for m in messages)
        return "".join(said) + self.opening


def read_turns(tokenizer: Any) -> Turns:
    """Taken from what the template makes of conversations. Raises StudioError where that is not enough.

    Without the mark that begins a text, which Ollama and llama.cpp add themselves. A template that refuses
    or drops what a system says has no marks for that role.
    """
    try:
        knows_system = SYSTEM["content"] in _rendered(tokenizer, [SYSTEM, ASKED])
    except TemplateError:
        knows_system = False
    turns = _read(tokenizer, knows_system=knows_system)
    probe = PROBE if knows_system else PROBE[1:]
    for messages, said in (([ASKED], [*turns.unasked, ASKED]), (probe, probe)):
        if _rendered(tokenizer, messages) != turns.render(said):
            raise StudioError("The model marks turns in another way than a Modelfile can say.")
    return turns


def _read(tokenizer: Any, *, knows_system: bool) -> Turns:
    asked = _closed(tokenizer, [ASKED])
    start, _, after_user = asked.partition(ASKED["content"])
    answered = _closed(tokenizer, [ASKED, ANSWERED]).partition(ASKED["content"])[2]
    between, _, after_answer = answered.partition(ANSWERED["content"])
    again = _rendered(tokenizer, [ASKED, ANSWERED, AGAIN])
    since_answer = again.partition(ANSWERED["content"])[2].partition(AGAIN["content"])[0]
    before_user = since_answer.removeprefix(after_answer)
    marks = {
        "user": (before_user, after_user),
        "assistant": (between.removeprefix(after_user), after_answer),
    }
    system = start.removesuffix(before_user)
    if knows_system:
        before, _, rest = _rendered(tokenizer, [SYSTEM, ASKED]).partition(SYSTEM["content"])
        after = rest.partition(ASKED["content"])[0].removesuffix(before_user)
        marks["system"] = (before, after)
        system = system.removeprefix(before).removesuffix(after)
    return Turns(marks, _rendered(tokenizer, [ASKED]).removeprefix(asked), system)


def turn_ends(tokenizer: Any, config: Any) -> list[int]:
    """Token ids that end an answer: what the model's settings name, and what training ended answers with."""
    named = config.eos_token_id
    ends = list(named) if isinstance(named, list) else [tokenizer.eos_token_id if named is None else named]
    trained = render_example(tokenizer, [ASKED], "Beta")[1].removeprefix("Beta")
    marks = {number for number, token in tokenizer.added_tokens_decoder.items() if token.special}
    written = tokenizer(trained, add_special_tokens=False)["input_ids"]
    first = [token for token in written if token in marks][:1]
    return ends + [token for token in first if token not in ends]


def check_speech(written: Path, base: Path) -> None:
    """Raise StudioError unless a conversation becomes the same tokens with the same marks as at the base."""
    loaded = (AutoTokenizer.from_pretrained(one, local_files_only=True) for one in (written, base))
    mine, theirs = map(_speech, loaded)
    for what, value in theirs.items():
        if mine[what] != value:
            raise StudioError(f"The export's {what} is not that of its base model; it is not given out.")


def _speech(tokenizer: Any) -> dict[str, Any]:
    asked: list[Message] = [ASKED]
    text = _rendered(tokenizer, asked) if tokenizer.chat_template else ASKED["content"]
    return {
        "chat template": tokenizer.chat_template,
        "way of asking": tokenizer(text, add_special_tokens=False)["input_ids"],
        "end mark": tokenizer.eos_token_id,
        "padding mark": tokenizer.pad_token_id,
        "start mark": tokenizer.bos_token_id,
    }


def _closed(tokenizer: Any, messages: Sequence[Message]) -> str:
    """Without what opens the answer; some templates write the end of the text there instead."""
    text = _rendered(tokenizer, messages, open_end=False)
    if _rendered(tokenizer, messages).startswith(text):
        return text
    return text.removesuffix(tokenizer.eos_token or "")


def _rendered(tokenizer: Any, messages: Sequence[Message], *, open_end: bool = True) -> str:
    def apply(some: Sequence[Message], *, open_end: bool) -> str:
        return str(tokenizer.apply_chat_template(some, tokenize=False, add_generation_prompt=open_end))

    text, start = apply(messages, open_end=open_end), tokenizer.bos_token or ""
    # where it also begins turns it stays
    once = bool(start) and apply([ASKED, ANSWERED, AGAIN], open_end=True).count(start) == 1
    return text.removeprefix(start) if once else text
