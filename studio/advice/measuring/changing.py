"""How many documents changed since the library was first measured. Called by measure and by its job."""

import sqlalchemy as sa

from studio.store.database import Workspace
from studio.store.tables import Document, SignalMeasurement

MOST = 5000


def contents_of(room: Workspace, library_id: int) -> dict[str, str]:
    """The hash of every searchable document by its name, of the first 5,000."""
    row = Document
    ready = (row.workspace_id == room.id, row.library_id == library_id, row.state == "ready")
    wanted = sa.select(sa.func.coalesce(row.external_id, row.name), row.sha256).where(*ready)
    with room.session() as session:
        return {name: digest for name, digest in session.execute(wanted.order_by(row.id).limit(MOST))}


def changed_share(room: Workspace, library_id: int) -> tuple[float, int] | None:
    """(share changed or gone, how many there were); None where nothing changed yet: that tells nothing."""
    kept = SignalMeasurement.results["documents"]
    of_library = (SignalMeasurement.workspace_id == room.id, SignalMeasurement.library_id == library_id)
    first = sa.select(kept).where(*of_library, kept.is_not(None)).order_by(SignalMeasurement.id).limit(1)
    with room.session() as session:
        before = session.scalar(first)
    if not before:
        return None
    now = contents_of(room, library_id)
    changed = sum(now.get(name) != digest for name, digest in before.items())
    return (changed / len(before), len(before)) if changed else None
