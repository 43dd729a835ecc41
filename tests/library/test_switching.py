"""Another embedding model for a library: built beside, compared, switched to at once or dropped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.engine.embedding_service import EmbeddingService, read_service
from studio.errors import BadInput
from studio.jobs.queue import tasks
from studio.library.embedding import reembedding
from studio.library.embedding.reembedding import REEMBED, reembed_library
from studio.library.embedding.switching import (
    begin_switch,
    drop_switch,
    find_switch,
    finish_switch,
    resume_switch,
)
from studio.library.libraries import LibraryView, create_library, get_library
from studio.library.quality.measuring import is_measuring
from studio.store.database import Workspace
from studio.store.tables import Library, Passage
from tests.fakes import EmbeddingServer, embedding_server, vector_of
from tests.library.samples import add, found, write_text

pytestmark = [pytest.mark.postgres]
SENTENCES = [
    f"Valve number {n} in hall {n % 7} opens at {n * 3} degrees and closes again by itself. "
    f"The crew of shift {n % 4} looks at valve {n} before each start of the boiler. "
    f"Whoever finds it stuck calls the workshop under the number {n * 37} at once."
    for n in range(1, 16)
]


@pytest.fixture
def old() -> Iterator[EmbeddingServer]:
    with embedding_server(dimension=24) as started:
        yield started


@pytest.fixture
def new() -> Iterator[EmbeddingServer]:
    with embedding_server(dimension=40) as started:
        started.model = "fake-2"
        yield started


def service_at(server: EmbeddingServer) -> EmbeddingService:
    return read_service({"provider": "compatible", "url": server.url, "model": server.model})


@pytest.fixture
def library(room: Workspace, old: EmbeddingServer, tmp_path: Path) -> LibraryView:
    made = create_library(room, "Valves", service=service_at(old))
    add(room, made, *(write_text(tmp_path / f"{n}.txt", text) for n, text in enumerate(SENTENCES)))
    return get_library(room, made.id)


def widths(room: Workspace, library: LibraryView, column: str) -> set[int | None]:
    with room.session() as session:
        dims = sa.func.vector_dims(getattr(Passage, column))
        searched = sa.select(dims).where(Passage.library_id == library.id, Passage.kind != "summary")
        return set(session.scalars(searched))


def work(room: Workspace, library: LibraryView) -> str:
    """Run the job until it rests; what it would leave in the queue is run at once."""
    for _ in range(20):
        reembed_library(room, library_id=library.id)
        switch = find_switch(room, library.id)
        if switch is None or switch.state not in ("clearing", "embedding", "comparing", "switching"):
            return "none" if switch is None else switch.state
    return "endless"


def test_the_old_model_answers_until_the_switch_and_the_new_one_after(
    room: Workspace, library: LibraryView, new: EmbeddingServer
) -> None:
    begin_switch(room, library.id, service_at(new))
    assert work(room, library) == "ready"
    assert (widths(room, library, "embedding"), widths(room, library, "next_embedding")) == ({24}, {40})
    assert found(room, library, "valve number 3")
    finish_switch(room, library.id)
    assert work(room, library) == "none"
    assert (widths(room, library, "embedding"), widths(room, library, "next_embedding")) == ({40}, {None})
    after = get_library(room, library.id)
    assert (after.embedding_model, after.dimension) == ("fake-2", 40)
    assert "valve number 3" not in new.texts and found(room, library, "valve number 3")
    assert new.texts[-1] == "valve number 3"


def test_both_models_are_compared_before(room: Workspace, library: LibraryView, new: EmbeddingServer) -> None:
    begin_switch(room, library.id, service_at(new))
    work(room, library)
    switch = find_switch(room, library.id)
    assert switch and switch.report
    assert switch.report["questions"] >= 10 and switch.report["origin"] == "synthetic"
    assert {"now", "next", "difference", "sentence"} <= set(switch.report)
    assert 0.1 <= switch.report["next"]["dense_weight"] <= 0.9
    assert -1 < switch.report["difference"]["low"] <= switch.report["difference"]["high"] < 1
    assert (switch.done, switch.total) == (library.passages, library.passages)


def test_documents_that_come_meanwhile_are_embedded_before_the_switch(
    room: Workspace, library: LibraryView, new: EmbeddingServer, tmp_path: Path
) -> None:
    begin_switch(room, library.id, service_at(new))
    work(room, library)
    add(room, library, write_text(tmp_path / "late.txt", "The late gauge is orange."))
    assert None in widths(room, library, "next_embedding")
    finish_switch(room, library.id)
    assert work(room, library) == "none"
    assert widths(room, library, "embedding") == {40}
    assert any("The late gauge is orange." in text for text in new.texts)


def test_work_that_was_cut_short_goes_on_where_it_was(
    room: Workspace, library: LibraryView, new: EmbeddingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reembedding, "TEXTS_PER_SLICE", 4)
    monkeypatch.setattr(reembedding, "SECONDS_AT_A_TIME", 0.0)
    begin_switch(room, library.id, service_at(new))
    reembed_library(room, library_id=library.id)
    begun = find_switch(room, library.id)
    assert begun and begun.state == "embedding" and begun.done == 4
    assert work(room, library) == "ready"
    sent = [text for text in new.texts if "Valve number" in text]
    assert len(set(sent)) >= len(SENTENCES)
    assert len(new.seen[1]["input"]) == 4  # the first request asked how wide the vectors are


def test_a_service_that_fails_interrupts_and_can_be_resumed(
    room: Workspace, library: LibraryView, new: EmbeddingServer
) -> None:
    begin_switch(room, library.id, service_at(new))
    new.script = [{"status": 401}]
    sentence = failed(room, library)
    switch = find_switch(room, library.id)
    assert switch and (switch.state, switch.error) == ("interrupted", sentence)
    assert work(room, library) == "interrupted"
    resume_switch(room, library.id)
    assert work(room, library) == "ready"


def failed(room: Workspace, library: LibraryView) -> str:
    """As the worker does it."""
    with pytest.raises(Exception, match="key was rejected") as caught:
        reembed_library(room, library_id=library.id)
    report = tasks[REEMBED].failed
    assert report
    report(room, str(caught.value), library_id=library.id)
    return str(caught.value)


def test_waiting_for_a_slow_service_is_shown(
    room: Workspace, library: LibraryView, new: EmbeddingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_switch(room, library.id, service_at(new))
    new.script = [{"status": 429, "headers": {"Retry-After": "1"}}]
    seen: list[str] = []
    note = reembedding._note

    def spying(*given: object, **changes: object) -> None:
        seen.append(str(changes.get("waits_for", "")))
        note(*given, **changes)  # type: ignore[arg-type]

    monkeypatch.setattr(reembedding, "_note", spying)
    assert work(room, library) == "ready"
    assert "rate limited, waits 1 s" in seen


def test_the_weight_is_measured_again_and_the_threshold_moves_with_the_model(
    room: Workspace, library: LibraryView, new: EmbeddingServer
) -> None:
    begin_switch(room, library.id, service_at(new))
    work(room, library)
    switch = find_switch(room, library.id)
    assert switch and switch.report
    finish_switch(room, library.id)
    work(room, library)
    assert get_library(room, library.id).answer_threshold == switch.report["answer_threshold"] != 0.25
    assert is_measuring(room, library.id)


def test_the_same_vectors_make_no_difference(
    room: Workspace, library: LibraryView, old: EmbeddingServer
) -> None:
    old.model = "fake-renamed"
    begin_switch(room, library.id, service_at(old))
    old.model = "fake-1"
    with pytest.raises(Exception, match="now answers with the model fake-1"):
        work(room, library)
    old.model = "fake-renamed"
    with room.session() as session:
        session.get_one(Library, library.id).embedding_revision = "fake-renamed"
    assert work(room, library) == "ready"
    switch = find_switch(room, library.id)
    assert switch and switch.report
    assert switch.report["difference"]["ndcg"] == 0
    assert "No difference can be told" in switch.report["sentence"]
    assert switch.report["answer_threshold"] == 0.25


def test_a_dropped_switch_leaves_nothing(room: Workspace, library: LibraryView, new: EmbeddingServer) -> None:
    begin_switch(room, library.id, service_at(new))
    work(room, library)
    drop_switch(room, library.id)
    assert work(room, library) == "none"
    assert widths(room, library, "next_embedding") == {None}
    assert get_library(room, library.id).embedding_model == "fake-1"


def test_a_second_switch_starts_from_nothing(
    room: Workspace, library: LibraryView, new: EmbeddingServer, old: EmbeddingServer
) -> None:
    begin_switch(room, library.id, service_at(new))
    work(room, library)
    drop_switch(room, library.id)
    old.model, old.dimension = "fake-3", 16
    begin_switch(room, library.id, service_at(old))
    old.model, old.dimension = "fake-1", 24
    with pytest.raises(Exception, match="width 24 instead of 16"):
        work(room, library)
    assert widths(room, library, "next_embedding") == {None}


@pytest.mark.parametrize("act", [finish_switch, resume_switch, drop_switch])
def test_what_was_not_begun_cannot_go_on(room: Workspace, library: LibraryView, act: object) -> None:
    with pytest.raises(BadInput):
        act(room, library.id)  # type: ignore[operator]


def test_the_same_model_again_is_refused(room: Workspace, library: LibraryView, old: EmbeddingServer) -> None:
    with pytest.raises(BadInput, match="embedded with fake-1 already"):
        begin_switch(room, library.id, service_at(old))


def test_vectors_come_from_the_text_under_its_headings(
    room: Workspace, library: LibraryView, new: EmbeddingServer, old: EmbeddingServer
) -> None:
    begin_switch(room, library.id, service_at(new))
    work(room, library)
    assert set(old.texts[1:]) <= set(new.texts)
    assert vector_of("a", 40) != vector_of("b", 40)


def test_a_question_caught_by_the_switch_is_embedded_again(
    room: Workspace, library: LibraryView, new: EmbeddingServer, old: EmbeddingServer
) -> None:
    begin_switch(room, library.id, service_at(new))
    work(room, library)
    finish_switch(room, library.id)
    old.after = lambda: work(room, library)  # while the old service embeds the question
    assert found(room, library, "valve number 3")
    assert (old.texts[-1], new.texts[-1]) == ("valve number 3", "valve number 3")
