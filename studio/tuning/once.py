"""Starting a run once: a form sent twice, or from two tabs, makes one run. Called by the run form.

A key names what is asked for and how many such runs there were when the form was drawn. Forms drawn in the
same state have the same key; one drawn after that run was started has the next, so that a second equal run
can be started on purpose.
"""

import hashlib
import json
from dataclasses import asdict

import sqlalchemy as sa

from studio.store.database import Workspace
from studio.store.tables import Run
from studio.tuning.runs import RunRequest


def fingerprint(request: RunRequest) -> str:
    """The same for requests that ask for the same, whatever their key."""
    asked = asdict(request) | {"idempotency_key": None, "name": request.name.strip()}
    return "form-" + hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:32]


def started_so_far(room: Workspace, mark: str) -> int:
    """How many runs were started by forms with this fingerprint."""
    mine = (Run.workspace_id == room.id, Run.idempotency_key.startswith(f"{mark}-"))
    with room.session() as session:
        return session.scalar(sa.select(sa.func.count()).where(*mine)) or 0


def key_of(mark: str, started: int) -> str:
    """For `RunRequest.idempotency_key`."""
    return f"{mark}-{started}"
