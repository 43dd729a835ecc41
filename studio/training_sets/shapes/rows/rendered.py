"""Reads a conversation out of text that was made for a model already, with marks between its turns.

Such as “### Human: … ### Assistant: …”, [INST] … [/INST], <|im_start|>user, <|user|>. Called by turns.
"""

import re

from studio.training_sets.examples import Turn

_WHO = {
    "system": "system", "developer": "system",
    "human": "user", "user": "user", "instruction": "user", "input": "user", "question": "user",
    "inst": "user",
    "assistant": "assistant", "gpt": "assistant", "response": "assistant", "answer": "assistant",
    "output": "assistant", "model": "assistant", "bot": "assistant", "/inst": "assistant",
}  # fmt: skip
_NAMES = "|".join(name for name in _WHO if "inst" not in name) + "|instruction"
# one way of marking turns each; the first group is who speaks
_WAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"<\|im_start\|>\s*({_NAMES})\s*\n",
        rf"<start_of_turn>\s*({_NAMES})\s*\n",
        rf"<\|start_header_id\|>\s*({_NAMES})\s*<\|end_header_id\|>",
        rf"<\|({_NAMES})\|>",
        r"\[(/?INST)\]",
        rf"###\s*({_NAMES})\s*:?",
        r"(?:^|\n)(Human|User|Assistant|Bot|System): ",
    )
)
_ENDS = re.compile(
    r"</?s>|<\|(?:im_end|end|eot_id|endoftext|begin_of_text|end_of_text)\|>|<end_of_turn>|<(?:bos|eos)>"
)
_SYSTEM = re.compile(r"<<SYS>>(.*?)<</SYS>>", re.DOTALL)


def turns_in(text: str) -> list[Turn]:
    """The turns, in the first way of marking them that gives an answer; none in any other text."""
    for way in _WAYS:
        pieces = way.split(text)
        turns = _named(pieces)
        if any(role == "user" for role, _ in turns) and any(role == "assistant" for role, _ in turns):
            return turns
    return []


def _named(pieces: list[str]) -> list[Turn]:
    """What stands before the first mark is the system's; an input belongs to its instruction."""
    before, turns = _clean(pieces[0]), list[Turn]()
    if before:
        turns.append(("system", before))
    for who, said in zip(pieces[1::2], pieces[2::2], strict=True):
        role, text = _WHO[who.lower()], _SYSTEM.sub("", said)
        turns += [("system", _clean(found)) for found in _SYSTEM.findall(said)]
        if who.lower() == "input" and turns and turns[-1][0] == "user":
            turns[-1] = ("user", f"{turns[-1][1]}\n\n{_clean(text)}".strip())
        else:
            turns.append((role, _clean(text)))
    return turns


def _clean(text: str) -> str:
    return _ENDS.sub("", text).strip()
