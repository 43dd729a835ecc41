"""Every prompt the studio sends to a model, and the one place that turns messages into model text.

Called by the library's answers, the comparison, the training recipe and the engine itself, so that
a model is asked in exactly the words it was trained on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Message = dict[str, str]

NO_ANSWER = "The documents do not answer this."


@dataclass(frozen=True)
class PassageText:
    """A found passage as the model sees it; `number` is what the answer cites."""

    number: int
    title: str
    text: str


class ChatTokenizer(Protocol):
    """The part of a Hugging Face tokenizer that `render` needs."""

    chat_template: Any
    eos_token: Any

    def apply_chat_template(self, conversation: Any, *, tokenize: bool, add_generation_prompt: bool) -> Any:
        """Format a conversation with the model's own template."""


def closed_book(question: str) -> list[Message]:
    """The question alone: what the base model and a fine-tuned one answer from memory."""
    return [{"role": "user", "content": question.strip()}]


def with_passages(question: str, passages: Sequence[PassageText]) -> list[Message]:
    """The question with numbered passages.

    Rules first, question last, in the plainest words. Wordings tried on ten questions differed by no more
    than chance with the bundled model; to choose between them takes a comparison.
    """
    if not passages:
        return closed_book(question)
    shown = "\n\n".join(f"[{p.number}] {p.title}\n{p.text.strip()}" for p in passages)
    text = f"{_RULES}\n\nContext:\n{shown}\n\nQuestion: {question.strip()}"
    return [{"role": "user", "content": text}]


_RULES = (
    "Use only the context to answer, and cite it like [1]. "
    f'If the answer is not in the context, say "{NO_ANSWER}"'
)


def render(tokenizer: ChatTokenizer, messages: Sequence[Message]) -> str:
    """Model text up to where the answer begins; tokenise it without adding special tokens."""
    if not tokenizer.chat_template:
        return "".join(f"{m['role'].capitalize()}: {m['content']}\n" for m in messages) + "Assistant: "
    return str(tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True))


def render_example(tokenizer: ChatTokenizer, messages: Sequence[Message], answer: str) -> tuple[str, str]:
    """Split a training example into (prompt text, completion text); the completion ends the turn.

    Templates close a turn each in their own way, so the ending is taken from the template, and only
    where the template rewrites the prompt is the plain end-of-text token used.
    """
    prompt = render(tokenizer, messages)
    if tokenizer.chat_template:
        turns = [*messages, {"role": "assistant", "content": answer}]
        whole = str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=False))
        if whole.startswith(prompt):
            return prompt, whole[len(prompt) :].rstrip("\n")
    return prompt, f"{answer}{tokenizer.eos_token}"
