"""Which failures of an embedding service pass by themselves, and what the others mean for a person.

Called by the remote embeddings. No sentence holds a key, also not one that the service repeats.
"""

import math
from email.utils import parsedate_to_datetime

import openai

from studio.errors import StudioError

_SHORTEST_WAIT = 0.05
_LONGEST_QUOTE = 200


class Refused(StudioError):
    """The service does not do it, or not for as long as we waited."""


class Wait(StudioError):
    """It may work in a moment: `seconds` as the service said, None where it said nothing."""

    def __init__(self, sentence: str, short: str, seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.short = short
        self.seconds = seconds


def sorted_out(error: openai.APIError, model: str, host: str, place: str, key: str) -> Wait | Refused:
    """The failure as one of the two; `place` says where the key belongs."""
    if isinstance(error, openai.APITimeoutError):
        return Wait(f"{host} did not answer in time.", f"{host} does not answer")
    if isinstance(error, openai.APIConnectionError):
        return Wait(f"{host} cannot be reached.", f"{host} cannot be reached")
    if not isinstance(error, openai.APIStatusError):
        return Refused(f"{host} sent something that is no answer to a request for vectors.")
    status, said = error.status_code, _quoted(error, key)
    if status == 429 and "insufficient_quota" in str(error.code or ""):
        return Refused(f"The account at {host} has no credit left; nothing more can be embedded there.")
    if status == 429:
        return Wait(f"{host} asks to slow down.", "rate limited", _retry_after(error))
    if status in (408, 409, 425) or status >= 500:
        return Wait(f"{host} failed with {status}.", f"{host} failed", _retry_after(error))
    if status in (401, 403):
        return Refused(f"The key was rejected by {host}: {place}.")
    if 300 <= status < 400:
        return Refused(f"{host} sends on to another address, which is not followed; give the final address.")
    if status == 404:
        return Refused(f"{host} knows no model {model} at this address{said}.")
    return Refused(f"{host} refused the texts with {status}{said}.")


def _quoted(error: openai.APIStatusError, key: str) -> str:
    """The service's own words, short and without the key."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    said = body.get("message") or body.get("detail") if isinstance(body, dict) else None
    if not isinstance(said, str) or not said.strip():
        return ""
    words = " ".join(said.split())
    if key:
        words = words.replace(key, "…")
    return f": {words[:_LONGEST_QUOTE].rstrip('.')}"


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds from a number or a date; None when there is none that makes sense."""
    said = error.response.headers.get("retry-after", "")
    try:
        seconds = float(said)
    except ValueError:
        try:
            until = parsedate_to_datetime(said)
            now = parsedate_to_datetime(error.response.headers.get("date", ""))
            seconds = (until - now).total_seconds()  # by the service's clock, ours may be wrong
        except (TypeError, ValueError):
            return None
    return max(seconds, _SHORTEST_WAIT) if math.isfinite(seconds) else None
