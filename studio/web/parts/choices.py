"""Selectboxes for what pages work with. A box with the key `<page>_<thing>` starts at `?<thing>=<id>`."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import streamlit as st

from studio.library.libraries import LibraryView

NOTHING = 0  # no row has this id


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
    """One of `things`; `none` names the last option, which is to choose nothing.

    It starts at the first, and among libraries at the newest that has documents to find things in.
    """
    names = {thing.id: describe(thing) for thing in things} | ({} if none is None else {NOTHING: none})
    filled = [thing.id for thing in things if isinstance(thing, LibraryView) and thing.ready]
    return _found(things, _box(label, names, key, max(filled, default=None)))


def choose_if_wanted(
    label: str, things: Sequence[Thing], key: str, describe: Callable[[Thing], str], none: str
) -> Thing | None:
    """Like `choose`, but nothing is chosen to start with."""
    names = {NOTHING: none} | {thing.id: describe(thing) for thing in things}
    return _found(things, _box(label, names, key))


def _box(label: str, names: dict[int, str], key: str, start: int | None = None) -> int | None:
    ids = list(names)
    asked = asked_id(key.split("_", 1)[1])
    wanted = asked if asked in ids else start
    return st.selectbox(
        label,
        ids,
        index=ids.index(wanted) if wanted in ids else 0 if ids else None,
        format_func=lambda one: names.get(one, ""),
        placeholder="Nothing to choose yet",
        disabled=not ids,
        key=key,
    )


def _found(things: Sequence[Thing], chosen: int | None) -> Thing | None:
    return next((thing for thing in things if thing.id == chosen), None)
