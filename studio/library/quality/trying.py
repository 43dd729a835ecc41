"""The job that tries a file of questions with every setting, without keeping the questions.

Asked for by the search lab. Its newest results are kept with the library until the next trial; the job is
safe to repeat, since it only replaces them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from studio.errors import BadInput
from studio.jobs.queue import defer, task
from studio.library.libraries import library_row, locked_library
from studio.library.quality.questions import TeamQuestion
from studio.library.quality.trials import SettingResult, try_questions
from studio.store.database import Workspace
from studio.store.tables import Library

TRY = "try_questions"
MOST_QUESTIONS = 5000


@dataclass(frozen=True)
class Trial:
    """How a file of `given` questions fared: `results` for every setting once all are asked.

    Until then `done` of `total` are; a trial that cannot be finished has an `error`.
    """

    given: int
    done: int = 0
    total: int = 0
    results: tuple[SettingResult, ...] = ()
    error: str = ""

    @property
    def going_on(self) -> bool:
        return not self.results and not self.error


def start_trial(room: Workspace, library_id: int, questions: Sequence[TeamQuestion]) -> None:
    """Ask for the job; what an earlier trial found is forgotten."""
    if not questions:
        raise BadInput("There is no question to try.")
    if len(questions) > MOST_QUESTIONS:
        raise BadInput(f"A trial takes {MOST_QUESTIONS:,} questions at most. Try a part of them.")
    asked = [[one.question, list(one.documents)] for one in questions]
    with room.session() as session:
        library = locked_library(session, room, library_id)
        if (trial := read_trial(library.search)) and trial.going_on:
            raise BadInput("Questions are being tried for this library already. Wait for their results.")
        _keep(library, Trial(len(asked)))
        defer(room, TRY, session, library_id=library_id, questions=asked)


def find_trial(room: Workspace, library_id: int) -> Trial | None:
    """The newest trial of a library, in whatever state it is."""
    return read_trial(library_row(room, library_id).search)


def read_trial(search: dict[str, Any]) -> Trial | None:
    """What `libraries.search` says of it."""
    said = search.get("trial")
    return (
        Trial(**{**said, "results": tuple(SettingResult(**one) for one in said["results"])}) if said else None
    )


def forget_trial(room: Workspace, library_id: int) -> None:
    """Show its results no more."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        library.search = {key: said for key, said in library.search.items() if key != "trial"}


def trial_failed(room: Workspace, sentence: str, *, library_id: int, questions: list[Any]) -> None:
    """The job gave up: the page says why."""
    _note(room, library_id, Trial(len(questions), error=sentence))


@task(TRY, lane="documents", failed=trial_failed)
def try_job(room: Workspace, *, library_id: int, questions: list[Any]) -> None:
    """Nothing to do where the library is gone meanwhile."""
    with room.session() as session:
        chosen = sa.select(Library.id).where(Library.workspace_id == room.id, Library.id == library_id)
        if session.scalar(chosen) is None:
            return

    def say(done: int, total: int) -> None:
        _note(room, library_id, Trial(len(questions), done, total))

    asked = [(question, documents) for question, documents in questions]
    results = try_questions(room, library_id, asked, say=say)
    _note(room, library_id, Trial(len(asked), len(asked), len(asked), tuple(results)))


def _note(room: Workspace, library_id: int, trial: Trial) -> None:
    """Only where it was not forgotten meanwhile."""
    with room.session() as session:
        library = locked_library(session, room, library_id)
        if "trial" in library.search:
            _keep(library, trial)


def _keep(library: Library, trial: Trial) -> None:
    library.search = {**library.search, "trial": asdict(trial)}
