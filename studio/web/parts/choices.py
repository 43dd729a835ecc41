"""Selectboxes for what pages work with. A box with the key `<page>_<thing>` starts at `?<thing>=<id>`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import streamlit as st

from studio.errors import NotFound
from studio.library.libraries import LibraryView
from studio.web.parts.safe_text import escaped

_NEVER = datetime.min.replace(tzinfo=UTC)
NOTHING = 0  # no row has this id
CALLED = {  # what stands in an address -> what people call it
    "adapter": "adapter",
    "answer": "answer",
    "comparison": "comparison",
    "conversation": "conversation",
    "id": "passage",
    "import": "open import",
    "library": "library",
    "questions": "question set",
    "run": "run",
    "version": "version of a training set",
}


class Numbered(Protocol):
    """What has an id."""

    @property
    def id(self) -> int: ...


Thing = TypeVar("Thing", bound=Numbered)


def asked_id(name: str) -> int | None:
    """The number behind `?name=` in the address, None where there is none; NotFound when it is no number."""
    value = st.query_params.get(name, "")
    if value and not (value.isdecimal() and 0 < int(value[:19]) < 10**18):
        raise NotFound(not_here(name, value))
    return int(value) if value else None


def asked_ids(name: str, called: str) -> list[int]:
    """The numbers behind `?name=1,2`; NotFound, by what they are `called`, when one of them is none."""
    said = [part.strip() for part in st.query_params.get(name, "").split(",") if part.strip()]
    for part in said:
        if not (part.isdecimal() and 0 < int(part[:19]) < 10**18):
            raise NotFound(not_here(called, part))
    return [int(part) for part in said]


def not_here(name: str, value: str) -> str:
    """What people read who followed an old or a foreign link."""
    return f"There is no {CALLED[name]} {value[:20]} here: it was deleted, or the address belongs elsewhere."


def choose(
    label: str, things: Sequence[Thing], key: str, describe: Callable[[Thing], str], none: str | None = None
) -> Thing | None:
    """One of `things`; `none` names the last option, which is to choose nothing.

    It starts at the first, and among libraries with documents at the one that was opened last.
    """
    names = {thing.id: describe(thing) for thing in things} | ({} if none is None else {NOTHING: none})
    return _found(things, _box(label, names, key, _opened_last(things)))


def _opened_last(things: Sequence[Numbered]) -> int | None:
    """Where none was opened yet, the newest."""
    filled = [thing for thing in things if isinstance(thing, LibraryView) and thing.ready]
    last = max(filled, key=lambda one: (one.opened_at or _NEVER, one.id), default=None)
    return last.id if last else None


def choose_if_wanted(
    label: str, things: Sequence[Thing], key: str, describe: Callable[[Thing], str], none: str
) -> Thing | None:
    """Like `choose`, but nothing is chosen to start with."""
    names = {NOTHING: none} | {thing.id: describe(thing) for thing in things}
    return _found(things, _box(label, names, key))


def _box(label: str, names: dict[int, str], key: str, start: int | None = None) -> int | None:
    """Nothing is chosen where the address names something that is not there: that is said instead."""
    ids, name = list(names), key.rsplit("_", 1)[1]
    said = st.query_params.get(name, "") if name in CALLED else ""
    asked = int(said) if said.isdecimal() else None
    missing = bool(said) and asked not in ids
    wanted = asked if asked in ids else start
    _call_anew(key, names)
    if key in st.session_state and st.session_state[key] not in (None, *ids):
        del st.session_state[key]
    chosen = st.selectbox(
        label,
        ids,
        index=None if missing or not ids else ids.index(wanted) if wanted in ids else 0,
        format_func=lambda one: names.get(one, ""),
        placeholder="Choose one of these" if ids else "Nothing to choose yet",
        disabled=not ids,
        key=key,
        on_change=_tell_address,
        args=(name, key),
    )
    if missing and chosen is None:
        st.warning(escaped(not_here(name, said)), icon=":material/search_off:")
    return chosen


def _call_anew(key: str, names: dict[int, str]) -> None:
    """The browser keeps a chosen option under the name it had; it takes a new one when it is chosen again."""
    kept = f"{key}_called"
    former: dict[int, str] = st.session_state.get(kept, {})
    chosen = st.session_state.get(key)
    chosen = next((one for one, name in former.items() if chosen in (one, name)), None)
    if chosen in names and former[chosen] != names[chosen]:
        st.session_state[key] = chosen
    st.session_state[kept] = names


def _tell_address(name: str, key: str) -> None:
    """An address that names a choice follows it, so that a link or a reload shows what was seen."""
    chosen = st.session_state[key]
    # when what the options are called changes, Streamlit hands over the former name of the chosen one
    if name in st.query_params and isinstance(chosen, int):
        st.query_params[name] = str(chosen)


def _found(things: Sequence[Thing], chosen: int | None) -> Thing | None:
    return next((thing for thing in things if thing.id == chosen), None)
