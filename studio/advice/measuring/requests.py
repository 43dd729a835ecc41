"""Asks for a measurement with the model. Used by pages and commands; the same data are measured once."""

from dataclasses import asdict

from studio.advice.measuring.job import JOB
from studio.advice.measuring.measurements import Data, data_hash, of_room
from studio.errors import BadInput
from studio.jobs.queue import defer
from studio.store.database import Workspace
from studio.store.tables import SignalMeasurement


def start_measuring(room: Workspace, data: Data) -> int:
    """The id of the measurement of these data, queued unless it is there; raises BadInput or NotFound."""
    if data.version_id is None and data.question_set_id is None:
        raise BadInput("Choose a training set or questions with answers: the model is asked those.")
    digest = data_hash(room, data)
    with room.session() as session:
        known = session.scalar(of_room(room).where(SignalMeasurement.data_sha256 == digest).with_for_update())
        if known is None:
            known = SignalMeasurement(workspace_id=room.id, data_sha256=digest, **asdict(data))
            session.add(known)
            session.flush()
            known.job_id = defer(room, JOB, session, measurement_id=known.id)
        elif known.state in ("stopped", "failed"):
            known.state, known.stop_requested, known.error, known.finished_at = "queued", False, None, None
            known.job_id = defer(room, JOB, session, measurement_id=known.id)
        return known.id
