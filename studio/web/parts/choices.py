"""Selectboxes for what pages work with. A box with the key `<page>_<thing>` starts at `?<thing>=<id>`."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import streamlit as st


class Numbered(Protocol):
    """What has an id."""

    @property
    def id(self) -> int: ...


Thing = TypeVar("Thing", bound=Numbered)


def asked_id(name: str) -> int | None:
    """The number behind `?name=` in the address, None when it is missing or no number."""
    value = st.query_params.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def choose(
    label: str, things: Sequence[Thing], key: str, describe: Callable[[Thing], str], none: str | None = None
) -> Thing | None:
    """One of `things`; with `none`, nothing may be chosen too, under that name. None where there are none."""
    by_id = {thing.id: thing for thing in things}
    options: list[int | None] = list(by_id) if none is None else [None, *by_id]
    wanted = asked_id(key.split("_", 1)[1])
    chosen = st.selectbox(
        label,
        options,
        index=options.index(wanted) if wanted in by_id else 0 if options else None,
        format_func=lambda one: describe(by_id[one]) if one in by_id else str(none),
        placeholder="Nothing to choose yet",
        disabled=not options,
        key=key,
    )
    return None if chosen is None else by_id.get(chosen)
