"""Search: the right passage first, by words and by meaning, and never another workspace's."""

import math
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from studio.engine.client import Engine
from studio.errors import NotFound
from studio.library.finding.search import best_per_document, find_passages, find_passages_for_many
from studio.library.intake.storing import reweigh_if_moved
from studio.library.libraries import LibraryView, create_library
from studio.store.database import Workspace
from studio.store.tables import Library
from tests.library.samples import LONG_TEXT, add, found, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]

TEXTS = {
    "lid": "The lid of the brass boiler is painted green.",
    "filter": "Rinse the filter with rain water each Monday morning.",
    "wages": "Employees receive their salary on the last working day of the month.",
}


@pytest.fixture
def filled(room: Workspace, library: LibraryView, tmp_path: Path) -> LibraryView:
    add(room, library, *(write_text(tmp_path / f"{name}.txt", text) for name, text in TEXTS.items()))
    return library


def test_the_words_of_a_passage_find_it(room: Workspace, filled: LibraryView) -> None:
    assert found(room, filled, "rinse filter")[0] == TEXTS["filter"]


def test_its_meaning_finds_it_without_a_common_word(room: Workspace, filled: LibraryView) -> None:
    assert found(room, filled, "when do people get paid")[0] == TEXTS["wages"]


def test_a_hit_tells_its_document_and_both_scores(room: Workspace, filled: LibraryView) -> None:
    best = find_passages(room, filled.id, "green lid")[0]
    assert (best.document, best.where) == ("lid.txt", "start of the document")
    assert best.lexical > 0 and 0.3 < best.cosine <= 1


def test_words_that_are_nowhere_leave_the_lexical_score_at_zero(room: Workspace, filled: LibraryView) -> None:
    assert all(hit.lexical == 0 for hit in find_passages(room, filled.id, "xylophone"))


def test_the_lexical_score_is_bm25(room: Workspace, engine: Engine, tmp_path: Path) -> None:
    """Against the formula in Python; the stemmer has nothing to do with these words."""
    library = create_library(room, "Plain", engine=engine)
    texts = ["red lid red", "red cup", "blue cup cup cup green jug gold cup"]
    add(room, library, *(write_text(tmp_path / f"{n}.txt", text) for n, text in enumerate(texts)))
    documents = [[str(n), *text.split()] for n, text in enumerate(texts)]  # the title is the file's name
    mean = sum(map(len, documents)) / len(documents)

    def bm25(words: list[str], asked: str) -> float:
        score = 0.0
        for term in asked.split():
            containing = sum(term in other for other in documents)
            rarity = math.log(1 + (len(documents) - containing + 0.5) / (containing + 0.5))
            times = Counter(words)[term]
            score += rarity * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * len(words) / mean))
        return score

    hits = {hit.text: hit.lexical for hit in find_passages(room, library.id, "red cup")}
    assert hits == pytest.approx(
        {t: bm25(d, "red cup") for t, d in zip(texts, documents, strict=True)}, abs=0.01
    )


def test_inflected_words_of_a_language_without_stemmer_are_found(
    room: Workspace, engine: Engine, tmp_path: Path
) -> None:
    library = create_library(room, "Slovak", language="slovak", engine=engine)
    add(room, library, write_text(tmp_path / "a.txt", "Žiadosť sa podáva na úrade."))
    assert find_passages(room, library.id, "podávanie žiadostí")[0].lexical > 0


def test_weights_follow_when_passages_become_much_longer(
    room: Workspace, filled: LibraryView, tmp_path: Path
) -> None:
    with room.session() as session:
        before = session.get_one(Library, filled.id).mean_terms
    add(room, filled, *(write_text(tmp_path / f"l{n}.txt", f"{n} {LONG_TEXT}") for n in range(3)))
    with room.session() as session:
        library = session.get_one(Library, filled.id)
        assert library.mean_terms > before * 1.2
        assert not reweigh_if_moved(session, library)


def test_many_questions_find_what_each_finds_alone(room: Workspace, filled: LibraryView) -> None:
    questions = ["green lid", "rain water"]
    together = find_passages_for_many(room, filled.id, questions)
    assert [hits[0].text for hits in together] == [TEXTS["lid"], TEXTS["filter"]]


def test_each_document_is_listed_once(room: Workspace, library: LibraryView, tmp_path: Path) -> None:
    add(room, library, write_text(tmp_path / "a.txt", LONG_TEXT))
    hits = find_passages(room, library.id, "valve")
    assert len(hits) > 1 and len(best_per_document(hits, 10)) == 1


def test_passages_of_another_workspace_are_never_found(
    room: Workspace, filled: LibraryView, engine: Engine, tmp_path: Path
) -> None:
    stranger = room.db.workspace(f"{room.name} next door")
    theirs = create_library(stranger, "Theirs", engine=engine)
    add(stranger, theirs, write_text(tmp_path / "secret.txt", "The green lid costs nine crowns."))
    assert {hit.document for hit in find_passages(room, filled.id, "green lid crowns")} == {
        "lid.txt",
        "filter.txt",
        "wages.txt",
    }
    with pytest.raises(NotFound):
        find_passages(room, theirs.id, "green lid")


def test_another_library_of_the_workspace_is_not_searched(
    room: Workspace, filled: LibraryView, engine: Engine
) -> None:
    empty = create_library(room, "Empty", engine=engine)
    assert find_passages(room, empty.id, "green lid") == []


def test_a_question_that_looks_like_sql_is_only_words(room: Workspace, filled: LibraryView) -> None:
    find_passages(room, filled.id, "'; DROP TABLE passages; -- ' OR 1=1 \\ {} \0")
    with room.session() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM passages WHERE kind = 'text'")) == 3


def test_what_is_said_of_a_table_is_found_behind_however_many_of_its_rows(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    rows = "".join(f"Baltik Trans,{'van' if n % 2 else 'lorry'}\n" for n in range(50))
    add(room, library, write_text(tmp_path / "hires.csv", f"Customer,Vehicle\n{rows}"))
    assert [hit.kind for hit in find_passages(room, library.id, "Baltik Trans van", 4)].count("sheet") == 2
