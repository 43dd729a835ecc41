"""Questions about a whole document and the document they mean."""

from dataclasses import dataclass

import pytest

from studio.library.answering.overviews import asks_for_overview, document_meant

OVERVIEWS = [
    "What is this document about?",
    "What's it about",
    "Summarise the warranty policy",
    "Can you give me an overview of the handbook?",
    "What are the main points of the minutes?",
    "Worum geht es in dem Handbuch?",
    "O čom je tento dokument?",
    "De quoi parle ce document ?",
]
OTHERS = [
    "What about winter?",
    "Tell me about the price of the veil.",
    "How do I bring about a change of the wick?",
    "What does the policy say about moths in May?",
    "Which parts are about to be replaced?",
]


@dataclass(frozen=True)
class Found:
    document_id: int
    title: str
    document: str


FOUND = [Found(1, "Warranty Policy", "w.docx"), Found(2, "Minutes", "minutes-2026-03-12.txt")]


@pytest.mark.parametrize("question", OVERVIEWS)
def test_a_question_for_the_whole_is_recognised(question: str) -> None:
    assert asks_for_overview(question)


@pytest.mark.parametrize("question", OTHERS)
def test_a_question_for_a_part_is_not_taken_for_one(question: str) -> None:
    assert not asks_for_overview(question)


def test_the_document_named_is_meant() -> None:
    assert document_meant("What is the warranty policy about?", FOUND, opened=2) == 1


def test_without_a_name_the_document_of_the_conversation_is_meant() -> None:
    assert document_meant("What is this document about?", FOUND, opened=2) == 2


def test_without_either_nothing_is_guessed_among_several() -> None:
    assert document_meant("What is this document about?", FOUND, opened=None) is None


def test_the_only_document_is_meant() -> None:
    assert document_meant("What is this document about?", FOUND[:1], opened=None) == 1
