"""Reads the rules of the advice, which stand as data in rules.toml. Pure after import; used by weighing."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.advice.rule import Rule, read_condition

_FILE = Path(__file__).with_name("rules.toml")
_SAID: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))


def _rule(name: str, said: Mapping[str, Any]) -> Rule:
    lists = {part: tuple(said.get(part, ())) for part in ("forbids", "rules_out", "figures")}
    return Rule(
        id=name,
        text=said["says"],
        when=tuple(map(read_condition, said["when"])),
        pushes=said["pushes"],
        source=said["source"],
        not_yet=said.get("not_yet", ""),
        **lists,
    )


RULES = tuple(_rule(name, said) for name, said in _SAID.items() if isinstance(said, dict))
NOT_YET_AT_FIRST: float = _SAID["not_yet_at_first"]
NEED_FOR_BOTH: float = _SAID["need_for_both"]
