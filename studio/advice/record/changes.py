"""What changed from one decision to a later one. Pure; called by decisions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from studio.advice.answers import QUESTIONS
from studio.advice.record.basis import changed_since
from studio.advice.record.sheet import Kept, shown
from studio.advice.signals import SIGNAL_TEXTS
from studio.approaches import NAMES, in_order

# of a score: less is what another seed or another sample changes too
_WORTH_SAYING = 0.02


def changes(before: Kept, now: Kept) -> list[str]:
    """In sentences, the conclusion first; nothing where both say the same of the same."""
    told = [*_conclusion(before.found, now.found), *changed_since(before.basis, now.basis)]
    told += _values("answer", before.found["answers"], now.found["answers"])
    told += _values("signal", before.found["signals"], now.found["signals"])
    told += _rules(before.found, now.found)
    return [*told, *_scores(before.found.get("pilot"), now.found.get("pilot"))]


def _conclusion(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if before["conclusion"] != now["conclusion"]:
        yield f"The conclusion was {before['conclusion']}; now it is {now['conclusion']}."
    elif before["confidence"] != now["confidence"]:
        yield (
            f"The conclusion is still {now['conclusion']}; its confidence went from "
            f"{before['confidence']:.0%} to {now['confidence']:.0%}."
        )


def _values(what: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    texts = SIGNAL_TEXTS if what == "signal" else {question.key: question.text for question in QUESTIONS}
    for key in dict.fromkeys((*before, *now)):
        was, is_now = before.get(key), now.get(key)
        if was != is_now:
            text = texts.get(key, key)
            asked = f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else ':'}"
            yield f"{asked} {shown(key, was)}, now {shown(key, is_now)}."


def _rules(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    held, holds = (_by_rule([*found["reasons"], *found["against"]]) for found in (before, now))
    for rule in [rule for rule in holds if rule not in held]:
        yield f"A rule holds that did not ({rule}): {holds[rule]}"
    for rule in [rule for rule in held if rule not in holds]:
        yield f"A rule holds no more ({rule}): {held[rule]}"


def _by_rule(reasons: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {str(reason["rule"]): str(reason["text"]) for reason in reasons if reason["rule"] != "pilot"}


def _scores(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Iterator[str]:
    if not before or not now:
        if bool(before) != bool(now):
            yield "There is a proof now; there was none." if now else "There was a proof; there is none now."
        return
    metric = now["metric"]
    for name in in_order(before["approaches"].keys() & now["approaches"].keys()):
        was, is_now = (one["approaches"][name]["metrics"].get(metric) for one in (before, now))
        if was and is_now and abs(was["mean"] - is_now["mean"]) >= _WORTH_SAYING:
            yield f"{NAMES[name]} scored {was['mean']:.2f}, now {is_now['mean']:.2f} ({metric})."
