"""Which adapter is in use: put into use, gone back from, retired; and what was in use when is kept."""

import itertools

import pytest

from studio.errors import BadInput, NotFound
from studio.models.adapters import list_adapters, restore_adapter, retire_adapter
from studio.models.promotions import before, history, in_use, promote, roll_back
from studio.store import tables
from studio.store.database import Database, Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows

pytestmark = pytest.mark.postgres
BASE = "smollm2-135m-instruct"
_numbers = itertools.count()


def add_adapter(room: Workspace, base: str = BASE) -> int:
    """As a run that has succeeded leaves it, without files."""
    name = f"expert {next(_numbers)}"
    version = save_rows(room, name, [Candidate(n, f"Press {n}?", f"{7 * n} kg") for n in range(20)])
    given = {"workspace_id": room.id, "name": name, "base_model": base, "method": "lora"}
    run = tables.Run(**given, version_id=version, settings={}, state="succeeded")
    with room.session() as session:
        session.add(run)
        session.flush()
        adapter = tables.Adapter(**given, run_id=run.id, manifest_sha256="", lineage={})
        session.add(adapter)
        session.flush()
        return adapter.id


def test_the_adapter_put_into_use_last_is_offered_first(room: Workspace) -> None:
    old, new = add_adapter(room), add_adapter(room)
    assert [one.id for one in list_adapters(room)] == [new, old]
    promote(room, old)
    first, second = list_adapters(room)
    assert (first.id, first.in_use, second.in_use) == (old, True, False)
    assert first.title.endswith("(in use)")


def test_the_adapter_of_the_model_that_answers_is_offered_before_others(room: Workspace) -> None:
    mine, other = add_adapter(room), add_adapter(room, "microsoft/Phi-4-mini-instruct")
    promote(room, mine)
    promote(room, other)
    assert [one.id for one in list_adapters(room)] == [mine, other]


def test_going_back_leads_step_by_step_to_the_base_model(room: Workspace) -> None:
    first, second = add_adapter(room), add_adapter(room)
    for adapter in (first, second, second):
        promote(room, adapter)
    back = roll_back(room, BASE)
    assert back is not None and back.adapter_id == first == in_use(room)[BASE]
    assert roll_back(room, BASE) is None
    assert in_use(room) == {}
    with pytest.raises(BadInput, match="nothing to go back from"):
        roll_back(room, BASE)


def test_going_back_never_leads_to_the_same_adapter(room: Workspace) -> None:
    first, second = add_adapter(room), add_adapter(room)
    for adapter in (first, second, first):
        promote(room, adapter)
    former = before(room, BASE)
    assert former is not None and former.adapter_id == second
    roll_back(room, BASE)
    assert before(room, BASE) is None


def test_a_retired_adapter_gives_its_place_to_the_one_before(room: Workspace) -> None:
    first, second = add_adapter(room), add_adapter(room)
    promote(room, first)
    promote(room, second)
    retire_adapter(room, second)
    assert in_use(room) == {BASE: first}
    with pytest.raises(BadInput, match="restore it"):
        promote(room, second)
    restore_adapter(room, second)
    assert in_use(room) == {BASE: first}


def test_what_was_in_use_is_kept(room: Workspace) -> None:
    first, second = add_adapter(room), add_adapter(room)
    promote(room, first)
    promote(room, second)
    roll_back(room, BASE)
    kept = history(room, BASE)
    assert [(one.adapter_id, one.until is None) for one in kept] == [(second, False), (first, True)]


def test_an_adapter_of_another_workspace_cannot_be_put_into_use(room: Workspace, database: Database) -> None:
    theirs = add_adapter(database.workspace("next door to promotions"))
    with pytest.raises(NotFound):
        promote(room, theirs)
    assert in_use(room) == {}
