"""A PostgreSQL of the team's own is used as it is: no embedded server is started beside it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.settings import Settings
from studio.store.database import Database, open_database

pytestmark = pytest.mark.postgres


@pytest.fixture
def own_url(database: Database) -> str:
    """An empty database on a server that this data folder did not start."""
    owner = sa.create_engine(database.owner_url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS own"))
        connection.execute(sa.text("CREATE DATABASE own"))
    owner.dispose()
    return str(sa.make_url(database.owner_url).set(database="own", drivername="postgresql"))


def test_the_address_in_database_url_is_used(
    own_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", own_url)
    opened = open_database(Settings.load(tmp_path))
    room = opened.workspace("ours")
    with room.session() as session:
        assert session.scalar(sa.text("SELECT current_database()")) == "own"
    opened.close()
    assert not (tmp_path / "postgres").exists()


def test_another_kind_of_address_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://root@localhost/studio")
    with pytest.raises(Exception, match="DATABASE_URL must look like"):
        Settings.load()
