"""Follow-up questions over the sample documents: with the topic of the question before, they find theirs."""

from pathlib import Path

import pytest

from studio.engine.client import Engine
from studio.library.answering.followups import Turn, with_topic
from studio.library.finding.search import find_passages_for_many
from studio.library.libraries import create_library
from studio.store.database import Workspace
from tests.library.samples import add

pytestmark = [pytest.mark.postgres, pytest.mark.model]
DOCUMENTS = Path(__file__).resolve().parents[2] / "samples" / "documents"

SILK = "At what interval should the silk be combed?"
SPARROW = "How long is the warranty on a Sparrow?"
MEADOW = "What is the monthly fee of the Meadow plan?"
CAP = "Which frost cap goes on a Heron mark 1?"
DIP = "How long can a bottle of sorrel dip be stored?"
HUNDRED = "How many attempts does an apprentice have at the Journeyman's Hundred?"
HARBOUR = "For how many hours did the harbour tower clock stand still?"
TIN = "How can I tell a bad tin of batch 0119 by its scent?"
COLLAR = "Until when is the collar work on my Heron done without charge?"
NIBS = "At which extension do I reach the master of nibs?"
WREN = "My Wren has run for ten days and I want my money back. What will you deduct?"
MAST = "How much money was approved for the second weather mast at the Thrum?"

# the question before, the follow-up, the document that answers it
LEANING = [
    (SILK, "And in winter?", "handbook.pdf"),
    (SPARROW, "And on a Crane?", "warranty-policy.docx"),
    (MEADOW, "What about the Valley plan?", "price-list.xlsx"),
    (MEADOW, "What does it include?", "price-list.xlsx"),
    ("Which veil fits my old Swift?", "And for a Heron mark 1?", "parts-compatibility.csv"),
    (CAP, "What does it cost?", "price-list.xlsx"),
    (CAP, "And on a Wren?", "parts-compatibility.csv"),
    (DIP, "What if it gets into my eye?", "safety-sheet.pdf"),
    ("From which height on is a harness needed?", "How many people must be there?", "safety-sheet.pdf"),
    (HUNDRED, "How long must he wait between them?", "onboarding-guide.docx"),
    (HARBOUR, "Why did that happen?", "incident-report-ir-26-04.txt"),
    (HARBOUR, "What did it cost?", "incident-report-ir-26-04.txt"),
    (HARBOUR, "When was it closed?", "incident-report-ir-26-04.txt"),
    (TIN, "What should I do with it?", "service-bulletin-sb-24.md"),
    (TIN, "Can I exchange it?", "service-bulletin-sb-24.md"),
    (COLLAR, "How do I notice it?", "service-bulletin-sb-21.md"),
    (NIBS, "And the weaving shed?", "contacts.csv"),
    (NIBS, "At what hours?", "contacts.csv"),
    ("Which extension gives out return numbers?", "Who works there?", "contacts.csv"),
    ("When may visitors look around in Sallow Lane?", "Does it cost anything?", "faq.html"),
    (WREN, "And after 20 days?", "returns-policy.docx"),
    (MAST, "Who was present?", "minutes-2026-03-12.txt"),
    ("How much may a clock lean while it is carried?", "And how long does it settle?", "handbook.pdf"),
    ("What does one click of the little screw do?", "Which way do I turn it?", "handbook.pdf"),
    ("Green slime is growing in the brim. What now?", "How do I prevent it?", "handbook.pdf"),
]


@pytest.fixture
def library(room: Workspace, engine: Engine) -> int:
    made = create_library(room, "Dewclock Works", engine=engine)
    add(room, made, DOCUMENTS)
    return made.id


def first(room: Workspace, library: int, questions: list[str]) -> list[str]:
    return [hits[0].document for hits in find_passages_for_many(room, library, questions, 1)]


def test_the_topic_brings_the_right_document_to_the_top_far_more_often(room: Workspace, library: int) -> None:
    before = [first(room, library, [question])[0] for question, _, _ in LEANING]
    turns = [
        Turn(question, "", title=Path(name).stem)
        for (question, _, _), name in zip(LEANING, before, strict=True)
    ]
    alone = first(room, library, [question for _, question, _ in LEANING])
    led = first(room, library, [with_topic(row[1], turn) for row, turn in zip(LEANING, turns, strict=True)])
    right = [wanted for _, _, wanted in LEANING]
    assert _right(led, right) >= 20 and _right(led, right) >= _right(alone, right) + 6


def _right(found: list[str], wanted: list[str]) -> int:
    return sum(name == right for name, right in zip(found, wanted, strict=True))
