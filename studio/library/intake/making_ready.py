"""The moment in which documents become searchable, and those they replace disappear. Called by ingest."""

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from studio.errors import BadInput
from studio.library.finding.languages import AUTOMATIC, OTHER, language_named
from studio.library.intake.exchanging import carry_out, exchange
from studio.library.intake.group_vectors import Embedded, Work
from studio.library.intake.groups import Group, Read
from studio.library.intake.replacing import replaced_files, replaced_rows
from studio.library.intake.states import among, working
from studio.library.intake.storing import SUMMARY
from studio.library.libraries import locked_library
from studio.library.originals import original_of
from studio.library.parse.language import likely_language
from studio.library.removing import remove_documents
from studio.store.tables import Document, Library

_SAMPLES, _SAMPLE_LETTERS = 20, 200  # of the first passages, to tell their language
_CLEARLY_MOST = 0.6  # of the running text whose language is known
_PASSING = (
    "attempts",
    "waits_for",
    "kept",
    "summary_by",
)  # parts of a receipt that are true only for a while


def make_ready(work: Work, embedded: Embedded) -> set[str]:
    """All of a group in one transaction; returns the originals that may be needed no more."""
    group, room = embedded.group, work.room
    with room.session() as session:
        library = locked_library(session, room, work.library.id)
        _check_model(library, work.library)
        _settle_language(library, group)
        locked = sa.select(Document).where(working(room), among([one.id for one in group.documents]))
        present = {document.id: document for document in session.scalars(locked.with_for_update())}
        replaced = _replaced(session, library, list(present.values()))
        here = [index for index, arrival in enumerate(group.arrivals) if arrival.document_id in present]
        arrivals = [group.arrivals[index] for index in here]
        sources = {one: [one, *(old.id for old in replaced.get(one, ()))] for one in present}
        plan = exchange(session, library, arrivals, sources)
        vectors = embedded.vectors if len(here) == len(group.arrivals) else embedded.vectors[here]
        carry_out(session, library, plan, arrivals, vectors)
        stayed = Counter(arrival.document_id for _, arrival in plan.kept if arrival.kind != SUMMARY)
        share = embedded.seconds / len(group.arrivals)
        for read in group.documents:
            if read.id in present:
                document, older = present[read.id], replaced.get(read.id, [])
                _inherit(document, older)
                _finish(document, read, share * read.passages, stayed[read.id])
        gone = [old for olds in replaced.values() for old in olds]
        remove_documents(session, library, [old.id for old in gone])
        return {original_of(old) for old in gone}


def _check_model(now: Library, then: Library) -> None:
    """Vectors of two models never mix, also when a library was switched while its documents were embedded."""
    pinned = ("embedding_model", "embedding_revision", "dimension", "embedding_service")
    if any(getattr(now, name) != getattr(then, name) for name in pinned):
        raise BadInput(f"{now.name} got another embedding model while this was embedded. Try again.")


def _settle_language(library: Library, group: Group) -> None:
    """The first documents tell the language of a library that was made without one."""
    if library.language == AUTOMATIC:
        library.language = told_language(group)


def told_language(group: Group) -> str:
    """That of most of the running text: rows of tables hold names and codes, which look like any language.

    Without a clear majority English if some of it is, and else what suits every language a little.
    """
    running = [one for one in group.arrivals if one.kind == "text"] or group.arrivals
    letters: Counter[int] = Counter()
    for one in running:
        letters[one.document_id] += len(one.piece.text)
    told: Counter[str] = Counter()
    for read in group.documents:
        told[read.language] += letters[read.id]
    del told[""]
    if not told.total():
        some = running[:: max(1, len(running) // _SAMPLES)]
        code, _ = likely_language(" ".join(one.piece.text[:_SAMPLE_LETTERS] for one in some))
        return language_named(code)
    code, most = told.most_common(1)[0]
    if most >= _CLEARLY_MOST * told.total():
        return language_named(code)
    return "english" if told["en"] else OTHER


def _replaced(session: Session, library: Library, ready: list[Document]) -> dict[int, list[Document]]:
    return replaced_files(session, library, ready) | replaced_rows(session, library, ready)


def _inherit(document: Document, older: Sequence[Document]) -> None:
    """What people said of the older version holds for the newer one."""
    for old in older:
        document.tags = list(dict.fromkeys([*document.tags, *old.tags]))
        if old.receipt.get("dated_by") == "person" and "dated_by" not in document.receipt:
            document.dated = old.dated
            document.receipt = document.receipt | {"dated_by": "person"}


def _finish(document: Document, read: Read, seconds: float, stayed: int) -> None:
    document.state, document.error = "ready", None
    document.title, document.summary, document.language = read.title, read.summary, read.language
    document.reader = read.reader
    if document.receipt.get("dated_by") != "person":
        document.dated = read.dated
    times = {
        "embedding_seconds": round(seconds, 3),
        "seconds": round(seconds + read.receipt["parsing_seconds"], 2),
    }
    still_true = {key: value for key, value in document.receipt.items() if key not in _PASSING}
    kept = {"kept": stayed} if stayed else {}
    document.receipt = still_true | read.receipt | times | kept | {"embedded": read.passages}
    document.ready_at = sa.func.now()
