"""The errors people read. Their text says what is wrong, where, and what to do next.

Raised anywhere below the edge; caught once by the page frame and once by the command line.
"""


class StudioError(Exception):
    """Something a person can act on; the message is shown to them as it stands."""


class BadInput(StudioError):
    """What was given cannot be used; nothing was stored."""


class NotFound(StudioError):
    """No such thing in this workspace."""
