"""The same question written a little differently. Used by faults."""

import random


def typo(chance: random.Random, text: str) -> str:
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if not long:
        return text + " "
    at = chance.choice(long)
    word, spot = words[at], chance.randint(1, len(words[at]) - 3)
    words[at] = chance.choice(
        (
            word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :],
            word[:spot] + word[spot + 1 :],
            word[:spot] + word[spot] * 2 + word[spot + 1 :],
            word[:spot] + chance.choice("aeirt") + word[spot + 1 :],
        )
    )
    return " ".join(words)


def _reworded(chance: random.Random, question: str) -> str:
    swaps = (
        ("How do I", "How can I"),
        ("Why does", "Why would"),
        ("What is", "What's"),
        (" the ", " a "),
        ("Where do I", "Where can I"),
        ("Is it safe", "Would it be safe"),
        ("How often must", "How often should"),
        ("our", "my"),
        ("Who checks", "Who is it that checks"),
    )
    fitting = [swap for swap in swaps if swap[0] in question]
    return question.replace(*chance.choice(fitting), 1) if fitting else question.upper()


def nearly(chance: random.Random, text: str) -> str:
    """The same question, written a little differently."""
    return chance.choice(
        (
            lambda: text.lower().rstrip("?"),
            lambda: text.upper(),
            lambda: typo(chance, text),
            lambda: typo(chance, text),
            lambda: f"Hello, {text[0].lower()}{text[1:]}",
            lambda: f"{text.rstrip('?')}, please?",
            lambda: _reworded(chance, text),
            lambda: _reworded(chance, text),
            lambda: text.replace(" the ", " ", 1),
            lambda: f"  {text}!!",
            lambda: text.replace("?", " ?").replace(",", ""),
            lambda: f"I would like to know: {text[0].lower()}{text[1:]}",
            lambda: f"{text} Thank you.",
        )
    )()


def really_near(chance: random.Random, question: str) -> str:
    """Not merely in other letters or with other space, which counts as the same question."""
    while True:
        changed = nearly(chance, question)
        if changed.casefold().split() != question.casefold().split():
            return changed
