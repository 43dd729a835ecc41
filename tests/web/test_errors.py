"""What people read when something goes wrong."""

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from streamlit.testing.v1 import AppTest

from studio.web.errors import database_is_away


def failing(kind):
    from sqlalchemy.exc import OperationalError

    from studio.errors import BadInput, NotFound
    from studio.web.errors import errors_shown

    kinds = {
        "bad": BadInput("The file is empty."),
        "gone": NotFound("There is no run 7."),
        "away": OperationalError("SELECT 1", {}, Exception("server closed the connection")),
        "bug": RuntimeError("secret detail"),
    }
    with errors_shown():
        raise kinds[kind]


@pytest.fixture
def shown():
    return lambda kind: AppTest.from_function(failing, args=(kind,), default_timeout=20).run()


def test_bad_input_is_shown_as_it_stands(shown):
    assert shown("bad").error[0].value == "The file is empty."


def test_what_is_not_there_is_no_alarm(shown):
    assert shown("gone").warning[0].value == "There is no run 7."


def test_a_database_that_is_away_is_said_to_come_back(shown):
    app = shown("away")
    assert not app.exception
    assert "The database is restarting" in app.warning[0].value


def test_an_unexpected_error_is_not_swallowed_by_the_frame(shown):
    assert len(shown("bug").exception) == 1


def test_only_a_lost_connection_counts_as_away():
    assert database_is_away(psycopg.OperationalError("gone"))
    assert database_is_away(OperationalError("SELECT 1", {}, Exception()))
    assert not database_is_away(IntegrityError("INSERT", {}, Exception()))
