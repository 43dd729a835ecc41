"""The words, colours and symbols of states, and how long things take. Used by every page that shows work."""

from datetime import UTC, datetime

# state -> (colour, symbol, word people read)
LOOKS = {
    "waiting": ("gray", "schedule", "waiting"),
    "queued": ("gray", "schedule", "queued"),
    "parsing": ("blue", "progress_activity", "reading"),
    "embedding": ("blue", "progress_activity", "indexing"),
    "reading": ("blue", "progress_activity", "reading"),
    "saving": ("blue", "progress_activity", "saving"),
    "saved": ("green", "check_circle", "saved"),
    "working": ("blue", "progress_activity", "working"),
    "running": ("blue", "progress_activity", "running"),
    "stopping": ("orange", "stop_circle", "stopping"),
    "unclear": ("orange", "help", "tell us its columns"),
    "stopped": ("orange", "stop_circle", "stopped"),
    "interrupted": ("orange", "warning", "interrupted"),
    "failed": ("red", "error", "failed"),
    "ready": ("green", "check_circle", "ready"),
    "done": ("green", "check_circle", "done"),
    "succeeded": ("green", "check_circle", "succeeded"),
    "ok": ("green", "check_circle", "works"),
    "warn": ("orange", "warning", "look at this"),
    "missing": ("gray", "remove_circle", "not there"),
    "enough": ("green", "check_circle", "enough to train on"),
    "thin": ("orange", "warning", "thin"),
    "unusable": ("red", "error", "not usable"),
    "unchecked": ("gray", "hourglass_empty", "not checked yet"),
}
MOVING = ("waiting", "queued", "parsing", "embedding", "working", "running", "stopping")


def pill(state: str, word: str | None = None) -> str:
    """A coloured badge as Markdown; symbol and word say the same as the colour."""
    colour, symbol, default = LOOKS.get(state, ("gray", "help", state))
    return f":{colour}-badge[:material/{symbol}: {word or default}]"


def duration(seconds: float | None) -> str:
    """Rounded as people say it: 8 s, 4 min, 1 h 20 min, 5 days."""
    if seconds is None:
        return "–"
    if seconds < 1:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes >= 72 * 60:
        return f"{round(minutes / 60 / 24)} days"
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def ago(moment: datetime | None) -> str:
    if moment is None:
        return "–"
    seconds = (datetime.now(UTC) - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600 * 36:
        return f"{duration(seconds)} ago"
    return f"{moment:%d %B %Y}".lstrip("0")


def count(number: int, one: str, many: str | None = None) -> str:
    """`3 documents`, `1 document`, `12,400 passages`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
