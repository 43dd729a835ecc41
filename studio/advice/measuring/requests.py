"""Asks for a measurement with the model. Used by pages and commands; the same data are measured once."""

from dataclasses import asdict

from studio.advice.measuring.job import JOB
from studio.advice.measuring.measurements import Data, data_hash, of_room
from studio.comparison.question_sets import get_question_set
from studio.errors import BadInput
from studio.jobs.queue import defer
from studio.library.libraries import get_library
from studio.store.database import Workspace
from studio.store.tables import SignalMeasurement
from studio.training_sets.versions import get_version

# copied answers rest on the examples alone, not on the passages of one library
_OF_ANY_LIBRARY = ("nearest",)


def start_measuring(room: Workspace, data: Data) -> int:
    """The id of the measurement of these data, queued unless it is there; raises BadInput or NotFound."""
    _check(room, data)
    digest = data_hash(room, data)
    with room.session() as session:
        room.take_turns(session, JOB)
        known = session.scalar(of_room(room).where(SignalMeasurement.data_sha256 == digest).with_for_update())
        if known is None:
            known = SignalMeasurement(workspace_id=room.id, data_sha256=digest, **asdict(data))
            session.add(known)
            session.flush()
            known.job_id = defer(room, JOB, session, measurement_id=known.id)
        elif known.state in ("stopped", "failed"):
            _go_on_with(known, data)
            known.job_id = defer(room, JOB, session, measurement_id=known.id)
        return known.id


def _check(room: Workspace, data: Data) -> None:
    if data.version_id is None and data.question_set_id is None:
        raise BadInput("Choose a training set or questions with answers: the model is asked those.")
    if data.library_id is not None:
        get_library(room, data.library_id)
    if data.version_id is not None:
        get_version(room, data.version_id)
    if data.question_set_id is not None:
        get_question_set(room, data.question_set_id)


def _go_on_with(known: SignalMeasurement, data: Data) -> None:
    """The same contents may lie elsewhere by now: what names passages of another library is asked again."""
    if known.library_id != data.library_id:
        known.results = {name: known.results[name] for name in _OF_ANY_LIBRARY if name in known.results}
        known.progress = {}
    known.library_id, known.version_id = data.library_id, data.version_id
    known.question_set_id = data.question_set_id
    known.state, known.stop_requested, known.error, known.finished_at = "queued", False, None, None
