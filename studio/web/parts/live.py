"""Parts of a page that refresh themselves while work is going on."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from studio.web.errors import errors_shown

P = ParamSpec("P")


def live(moving: bool, seconds: float = 1.5) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Draw the function as a fragment; it is redrawn every `seconds` while something is moving."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            with errors_shown():
                draw(*args, **kwargs)

        return st.fragment(guarded, run_every=seconds if moving else None)

    return decorate
