"""Migrations lead from nothing to exactly the tables, also when three processes start at once."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from studio.store import embedded, migrate
from studio.store.database import Database
from studio.store.tables import Table

pytestmark = pytest.mark.postgres
REPOSITORY = Path(__file__).resolve().parents[2]
OPEN = "import sys; from studio.settings import Settings; from studio.store.database import open_database"


def test_migrations_and_tables_agree(database: Database) -> None:
    owner = sa.create_engine(database.owner_url)
    with owner.connect() as connection:
        # neither the queue's tables nor the indexes that large libraries of other tests have got
        others = ("procrastinate", "passages_of_library_")
        options = {"include_name": lambda name, kind, parent: not (name or "").startswith(others)}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata)
    owner.dispose()
    assert found == []


def test_three_processes_upgrading_at_once_all_succeed(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        f"{OPEN}; open_database(Settings.load(sys.argv[1])).close()",
        str(tmp_path),
    ]
    started = [subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=90)[1] for process in started] == ["", "", ""]
    server = embedded.start(tmp_path)
    owner = sa.create_engine(server.url())
    assert migrate.current(owner) == migrate.newest()
    owner.dispose()
    embedded.stop_using(server)
