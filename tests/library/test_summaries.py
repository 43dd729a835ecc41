"""What a summary holds: whole sentences of the document, the same each time, never too many."""

import time

from studio.library.answering.summaries import MOST_TOKENS, summary_of, topics_of
from studio.library.parse.blocks import DocumentText
from studio.library.passages import estimated_tokens

POLICY = """Returns Policy

Valid from 1 February 2026.

A pump may be returned within 15 days, and a part of the price is kept for cleaning. The desk gives numbers.

Pumps come back in the box of the shop. The cleaning of a returned pump takes three days. Who opens the box?

A pump without its box is cleaned and returned to the keeper at the price of the parcel."""
TABLE = "\n\n".join(f"Code: P-{n}; Item: pump {n}; Price: {n}.50" for n in range(1, 31))


def test_a_summary_is_made_of_whole_sentences_of_the_document() -> None:
    summary = summary_of("Returns Policy", POLICY)
    parts = [part.strip().removesuffix(".") + "." for part in summary.split(". ")]
    assert 2 <= len(parts) <= 3 and all(part in POLICY for part in parts)


def test_one_of_the_first_sentences_that_says_something_is_taken() -> None:
    assert summary_of("Returns Policy", POLICY).startswith("A pump may be returned within 15 days")


def test_a_summary_stays_short_however_long_the_document_is() -> None:
    summary = summary_of("Returns Policy", POLICY * 300, [f"Chapter {n}" for n in range(90)])
    assert estimated_tokens(summary) <= MOST_TOKENS + 1


def test_the_same_document_has_the_same_summary() -> None:
    assert summary_of("Returns Policy", POLICY) == summary_of("Returns Policy", POLICY)


def test_three_words_are_their_own_summary() -> None:
    assert summary_of("", "Only three words") == "Only three words"


def test_a_table_is_told_by_its_rows_and_columns() -> None:
    said = summary_of("prices", TABLE)
    assert said == "A table of 30 rows with Code, Item, Price, such as P-1, P-2, P-3."


def test_the_sections_tell_the_topics() -> None:
    said = summary_of("Returns Policy", POLICY, ["Money", "Boxes", "Cleaning"])
    assert said.endswith("Sections: Money; Boxes; Cleaning")


def test_a_language_without_spaces_is_summarised_by_sentences() -> None:
    text = (
        "水泵说明书。这台水泵用于抽取井水，流量为每小时十立方米。" + "安装前请检查电源和管道的连接情况。" * 3
    )
    assert summary_of("水泵", text * 20).startswith("这台水泵用于抽取井水，流量为每小时十立方米。")


def test_a_text_without_spaces_and_sentences_is_cut() -> None:
    assert 0 < estimated_tokens(summary_of("", "x1b" * 9_000)) <= MOST_TOKENS


def test_five_hundred_pages_take_less_than_ten_seconds() -> None:
    pages = "\n\n".join(
        f"The pump {n % 37} of hall {n % 11} holds water for {n} days." for n in range(15_000)
    )
    began = time.process_time()
    assert summary_of("Pumps", pages)
    assert time.process_time() - began < 10


def test_topics_are_the_highest_headings_of_which_there_are_several() -> None:
    document = DocumentText()
    document.heading(1, "Manual")
    for topic in ("Before use", "Cleaning", "Repair"):
        document.heading(2, topic)
        document.heading(3, "What to do")
    assert topics_of(document.blocks) == ["Before use", "Cleaning", "Repair"]
