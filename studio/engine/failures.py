"""Turns what can go wrong between the studio and a model server into sentences people can act on.

Called by the engine client around every request.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import openai

from studio.errors import BadInput, StudioError


class EngineUnreachable(StudioError):
    """Nobody answers at the engine's address."""


class EngineStopped(StudioError):
    """The engine went away in the middle of an answer."""


@contextmanager
def explained(url: str, *, begun: bool = False) -> Iterator[None]:
    """Re-raise every failure of the `openai` client as a StudioError that names the address.

    `begun` means that part of an answer is already there.
    """
    try:
        yield
    except openai.APITimeoutError as error:
        raise StudioError(
            f"The engine at {url} did not answer in time; it may be busy, try again."
        ) from error
    except openai.APIConnectionError as error:
        if begun:
            raise EngineStopped("The engine stopped in the middle of the answer; ask again.") from error
        raise EngineUnreachable(f"The engine at {url} cannot be reached; is it running?") from error
    except openai.AuthenticationError as error:
        raise StudioError(
            f"The engine at {url} rejected the key; set STUDIO_ENGINE_KEY to its key."
        ) from error
    except openai.PermissionDeniedError as error:
        raise StudioError(f"The key for the engine at {url} does not allow this: {_said(error)}") from error
    except (openai.BadRequestError, openai.NotFoundError, openai.UnprocessableEntityError) as error:
        raise BadInput(_said(error)) from error
    except openai.RateLimitError as error:
        raise StudioError(f"The engine at {url} asks to slow down; try again in a minute.") from error
    except openai.APIStatusError as error:
        raise StudioError(f"The engine at {url} failed: {_said(error)}") from error
    except openai.APIError as error:
        # an error within a stream has no status, only the server's own words
        raise StudioError(_said(error)) from error


def _said(error: openai.APIError) -> str:
    """The server's own sentence, where it sent one."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return error.message
