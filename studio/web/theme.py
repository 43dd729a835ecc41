"""The colours and the font of the pages as CSS variables, for the page that Streamlit does not draw."""

from functools import cache
from pathlib import Path

import streamlit as st

NAMES = {
    "backgroundColor": "background",
    "secondaryBackgroundColor": "soft",
    "textColor": "text",
    "grayTextColor": "quiet",
    "primaryColor": "primary",
    "linkColor": "link",
    "borderColor": "border",
    "redTextColor": "bad",
    "greenTextColor": "good",
}
_FONTS = Path(st.__file__).parent / "static/static/media"


@cache
def theme_css() -> str:
    """Light unless the browser or the reader's choice in the studio says dark (`data-theme`)."""
    light, dark = _variables("light"), _variables("dark")
    return (
        f"{_font()}:root {{ color-scheme: light; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ color-scheme: dark; {dark} }} }}\n"
        f':root[data-theme="light"] {{ color-scheme: light; {light} }}\n'
        f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }}\n'
    )


def _variables(theme: str) -> str:
    return " ".join(
        f"--{name}: {st.get_option(f'theme.{theme}.{option}')};" for option, name in NAMES.items()
    )


def _font() -> str:
    """The font that Streamlit brings; where a version names it otherwise, the system's takes its place."""
    found = next(iter(sorted(_FONTS.glob("SourceSansVF-Upright*.woff2"))), None)
    if found is None:
        return ""
    where = f"/static/media/{found.name}"
    return f'@font-face {{ font-family: "Source Sans"; font-weight: 200 900; src: url("{where}") }}\n'
