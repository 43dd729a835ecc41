"""When a job is run again: the database was away, or its worker died. Called by the worker.

No time is read here: the clock of this host may be hours off the database's, which decides when a job is due.
"""

from datetime import UTC, datetime

import psycopg
import sqlalchemy as sa
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

MOST_ATTEMPTS = 5
PAUSE_SECONDS = 3.0
DATABASE_LOST = (sa.exc.OperationalError, psycopg.OperationalError)
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)  # has passed on every clock


def may_be_repeated(job: Job) -> bool:
    """Whether it was not tried too often already: one that kills its workers must not go on for ever."""
    return job.attempts < MOST_ATTEMPTS


class WhenDatabaseWasLost(BaseRetryStrategy):
    """A database that restarts is waited for; anything else a job raises is final."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """At once: who performs the job has paused already."""
        lost = isinstance(exception, DATABASE_LOST) and may_be_repeated(job)
        return RetryDecision(retry_at=AT_ONCE) if lost else None
