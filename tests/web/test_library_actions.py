"""Every button of the receipts, the search lab and the chat's filter does what it says."""

from dataclasses import asdict
from datetime import date

import pytest

from studio.jobs.queue import is_asked
from studio.library.answering.conversations import get_conversation
from studio.library.documents import get_document, list_documents
from studio.library.intake.ingest import INGEST
from studio.library.intake.refusals import Refusal, list_refusals, settle_refusals
from studio.library.libraries import get_library, library_row, locked_library
from studio.library.quality.measuring import MEASURE, is_measuring, keep_setting
from studio.library.quality.questions import list_questions
from studio.library.quality.trials import GRID, Found, side_by_side
from studio.library.quality.trying import TRY, Trial, find_trial
from studio.store import tables
from tests.web.furnished import furnish

pytestmark = pytest.mark.postgres
LIBRARY, LAB, CHAT = "pages/library/library.py", "pages/library/search_lab.py", "pages/ask/chat.py"
QUESTIONS = b"question,documents\nWhen does it open?,ready.md\n"


@pytest.fixture
def made(room):
    return furnish(room)


def one(room, made, state):
    return next(document for document in list_documents(room, made.library) if document.state == state)


def more_documents(room, made, state, count):
    kept = {"workspace_id": room.id, "library_id": made.library, "state": state}
    with room.session() as session:
        for number in range(count):
            session.add(tables.Document(name=f"{state}-{number}.md", sha256=f"{state}{number}", **kept))


def shown(app):
    """The titles of the receipts on the page."""
    return [
        one.value.split("**")[1]
        for one in app.markdown
        if one.value.startswith("**") and "badge" in one.value
    ]


class TestReceipts:
    def test_a_ready_document_is_read_again(self, open_page, room, made):
        ready = one(room, made, "ready").id
        open_page(LIBRARY).button(key=f"library_reread_{ready}").click().run()
        assert get_document(room, ready).state == "waiting" and is_asked(room, INGEST)

    def test_all_failed_ones_are_tried_again(self, open_page, room, made):
        more_documents(room, made, "failed", 1)
        open_page(LIBRARY).button(key="library_retry_all").click().run()
        assert get_library(room, made.library).failed == 0

    def test_reading_is_stopped(self, open_page, room, made):
        open_page(LIBRARY).button(key="library_stop").click().run()
        assert get_library(room, made.library).working == 0

    def test_what_an_older_version_read_is_read_again(self, open_page, room, made):
        open_page(LIBRARY).button(key="library_reread_all").click().run()
        assert {document.state for document in list_documents(room, made.library)} == {
            "waiting",
            "parsing",
            "failed",
        }

    def test_tags_and_date_are_saved(self, open_page, room, made):
        ready = one(room, made, "ready").id
        app = open_page(LIBRARY)
        app.text_input(key=f"library_tags_{ready}").set_value("valves, new")
        app.date_input(key=f"library_date_{ready}").set_value(date(2026, 3, 1))
        form = f"library_labels_{ready}"
        next(b for b in app.button if b.form_id == form).click().run()
        document = get_document(room, ready)
        assert (document.tags, document.dated) == (("valves", "new"), date(2026, 3, 1))

    def test_a_choice_of_state_leaves_the_others_out(self, open_page, room, made):
        more_documents(room, made, "ready", 4)
        app = open_page(LIBRARY)
        assert len(shown(app)) == 7
        app.selectbox(key="library_state").set_value("Failed").run()
        assert shown(app) == ["failed"]

    def test_a_word_finds_a_document_by_its_name(self, open_page, room, made):
        more_documents(room, made, "ready", 4)
        app = open_page(LIBRARY)
        app.text_input(key="library_find").set_value("ready-3").run()
        assert shown(app) == [r"ready\-3\.md"]

    def test_all_refused_files_are_dismissed(self, open_page, room, made):
        settle_refusals(room, made.library, [Refusal("a.pdf", "Empty."), Refusal("b.pdf", "Empty.")])
        open_page(LIBRARY).button(key="library_dismiss_all").click().run()
        assert list_refusals(room, made.library) == []


class TestLab:
    def test_a_weight_that_was_tried_is_kept(self, open_page, room, made):
        app = open_page(LAB)
        app.slider(key=f"search_lab_weight_{made.library}").set_value(0.7).run()
        app.button(key="search_lab_keep").click().run()
        assert get_library(room, made.library).dense_weight == 0.7

    def test_measurements_decide_again(self, open_page, room, made):
        keep_setting(room, made.library, 0.9)
        open_page(LAB).button(key="search_lab_release").click().run()
        assert get_library(room, made.library).dense_weight != 0.9
        assert not library_row(room, made.library).search["kept"]

    def test_a_measurement_is_asked_for(self, open_page, room, made):
        open_page(LAB).button(key="search_lab_measure").click().run()
        assert is_measuring(room, made.library) and is_asked(room, MEASURE)

    def test_a_file_of_questions_is_tried_by_a_job(self, open_page, room, made):
        app = open_page(LAB)
        app.file_uploader(key="search_lab_file").upload("questions.csv", QUESTIONS).run()
        app.button(key="search_lab_try").click().run()
        assert is_asked(room, TRY) and find_trial(room, made.library) == Trial(1)
        assert not app.exception

    def test_a_file_of_questions_is_kept_with_the_library(self, open_page, room, made):
        app = open_page(LAB)
        app.file_uploader(key="search_lab_file").upload("questions.csv", QUESTIONS).run()
        app.button(key="search_lab_questions").click().run()
        assert [row.documents for row in list_questions(room, made.library)] == [("ready.md",)]

    @pytest.fixture
    def tried(self, room, made):
        """A trial in which the more meaning weighs, the more is found."""
        found = [[Found(setting.dense_weight, 1)] * 40 for setting in GRID]
        trial = Trial(40, 40, 40, tuple(side_by_side(GRID, found)))
        with room.session() as session:
            library = locked_library(session, room, made.library)
            library.search = library.search | {"trial": asdict(trial)}

    def test_the_best_weight_of_a_trial_is_kept(self, open_page, room, made, tried):
        open_page(LAB).button(key="search_lab_best").click().run()
        assert get_library(room, made.library).dense_weight == 0.9

    def test_the_results_of_a_trial_are_dismissed(self, open_page, room, made, tried):
        open_page(LAB).button(key="search_lab_forget").click().run()
        assert find_trial(room, made.library) is None


class TestChat:
    def test_a_conversation_looks_only_into_the_documents_chosen(self, open_page, room, made):
        ready = one(room, made, "ready").id
        app = open_page(CHAT, conversation=str(made.conversation))
        app.multiselect(key=f"chat_{made.conversation}_documents").set_value([ready]).run()
        assert get_conversation(room, made.conversation).filter.documents == (ready,)
        assert "only ready" in " ".join(caption.value for caption in app.caption)

    def test_a_filter_is_taken_away_again(self, open_page, room, made):
        app = open_page(CHAT, conversation=str(made.conversation))
        key = f"chat_{made.conversation}_types"
        app.multiselect(key=key).set_value(["md"]).run()
        app.multiselect(key=key).set_value([]).run()
        assert not get_conversation(room, made.conversation).filter

    def test_an_answer_that_asks_which_document_has_a_button_for_each(self, open_page, room, made):
        ready = one(room, made, "ready").id
        choices = [{"document_id": ready, "title": "Valves"}]
        with room.session() as session:
            session.add(
                tables.Message(
                    workspace_id=room.id,
                    conversation_id=made.conversation,
                    role="assistant",
                    text="Which document do you mean?",
                    detail={"choices": choices},
                )
            )
        app = open_page(CHAT, conversation=str(made.conversation))
        assert [button.label for button in app.button if "chat_choose" in str(button.key)] == ["Valves"]
