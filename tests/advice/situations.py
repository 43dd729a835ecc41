"""Situations with what must be concluded from them and the published reason. Data; read by test_situations.

Each line: a name, what was answered, what was measured, the conclusions that are right, and why. Figures by
the id of studio/advice/figures.py; founding rules and documentation in words.
"""

from typing import Any, NamedTuple

RAG, TUNE, BOTH, NOT_YET = "rag", "fine-tune", "rag+fine-tune", "not yet"


class Situation(NamedTuple):
    """`concluded` are the right conclusions: mostly one."""

    name: str
    said: dict[str, Any]
    measured: dict[str, Any]
    concluded: tuple[str, ...]
    why: str


def _one(name: str, said: dict[str, Any], measured: dict[str, Any], concluded: Any, why: str) -> Situation:
    return Situation(name, said, measured, (concluded,) if isinstance(concluded, str) else concluded, why)


LIBRARY = {"documents": 300, "document_tokens": 900_000}
SMALL = {"documents": 8, "document_tokens": 20_000}
NO_DOCUMENTS = {"documents": 0}
TRADE = {"special_wording": True, "facts_change": "never"}
FLOW = {"automated_flow": True, "fixed_form": True}

SITUATIONS = (
    # looked up
    _one("a price list that changes daily", {"facts_change": "daily"}, LIBRARY, RAG, "new-facts"),
    _one("current events", {"facts_change": "weekly"}, LIBRARY | {"examples": 3000}, RAG, "new-facts"),
    _one("monthly tariffs, nothing else known", {"facts_change": "monthly"}, LIBRARY, RAG, "new-facts"),
    _one("rare facts of a small trade", {}, LIBRARY | {"closed_book": 0.1, "oracle_context": 0.8}, RAG,
         "rare-facts"),
    _one("a lawyer who must cite", {"needs_sources": True}, LIBRARY, RAG, "founding rule 4"),
    _one("citations and thousands of examples", {"needs_sources": True}, LIBRARY | {"examples": 6000},
         (RAG, BOTH), "founding rule 4"),
    _one("several manuals in one answer", {"combines_documents": True}, LIBRARY, RAG, "founding scenario"),
    _one("answers that stand in the documents", {}, LIBRARY | {"answer_coverage": 0.9, "hit_at_k": 0.9}, RAG,
         "rare-facts"),
    _one("documents that changed between uploads", {}, LIBRARY | {"changed_share": 0.4}, RAG,
         "forcing-facts"),
    _one("the data stay on a small host", {"data_may_leave_host": False}, LIBRARY, RAG,
         "small-models-store-little"),
    _one("it reads what it is given", {}, LIBRARY | {"reads_passages": True, "oracle_context": 0.6}, RAG,
         "rare-facts"),
    _one("a library and thirty examples", {}, LIBRARY | {"examples": 30}, RAG, "how-many-rows"),
    _one("wording wanted, but thirty examples", {"special_wording": True}, LIBRARY | {"examples": 30}, RAG,
         "how-many-rows"),
    _one("a flow with thirty examples", FLOW, LIBRARY | {"examples": 30}, RAG, "how-many-rows"),
    _one("contradictory examples beside good documents", {"special_wording": True},
         LIBRARY | {"examples": 400, "contradiction_share": 0.3, "answer_coverage": 0.9}, RAG,
         "quality-over-quantity"),
    _one("copies of copies beside good documents", {"special_wording": True},
         LIBRARY | {"examples": 400, "duplicate_share": 0.6, "answer_coverage": 0.9}, RAG,
         "quality-over-quantity"),
    _one("facts alone, no form and no wording", {"special_wording": False, "fixed_form": False},
         LIBRARY | {"examples": 2000}, RAG, "tuning-can-lower-rag"),
    _one("sources must show though nothing is gathered", {"needs_sources": True}, {}, RAG, "founding rule 4"),
    _one("sources must show and all fits into a prompt", {"needs_sources": True}, SMALL, RAG,
         "founding rule 4"),
    # trained
    _one("the wording of a trade, thousands of examples", TRADE, NO_DOCUMENTS | {"examples": 5000}, TUNE,
         "founding rule 2"),
    _one("a thousand curated examples", TRADE, NO_DOCUMENTS | {"examples": 1000}, TUNE,
         "quality-over-quantity"),
    _one("sorting mail into 12 labels", {}, NO_DOCUMENTS | {"examples": 3000, "distinct_answers": 12}, TUNE,
         "founding case 8"),
    _one("77 intents", {"fixed_form": True}, NO_DOCUMENTS | {"examples": 10_003, "distinct_answers": 77},
         TUNE, "founding case 8"),
    _one("labels that a lookup does not get", {}, NO_DOCUMENTS
         | {"examples": 4000, "distinct_answers": 20, "nearest_neighbour": 0.55}, TUNE, "founding case 8"),
    _one("JSON out of free text", {"fixed_form": True, "facts_change": "never"},
         NO_DOCUMENTS | {"examples": 2500, "same_form": 0.98}, TUNE, "founding rule 2"),
    _one("letters in the house's manner", TRADE | {"fixed_form": True}, NO_DOCUMENTS | {"examples": 1500},
         TUNE, "lora-learns-less"),
    _one("a dialect of its own", TRADE, NO_DOCUMENTS | {"examples": 2000, "vocabulary_distance": 1.8}, TUNE,
         "founding rule 2"),
    _one("answers within half a second", TRADE | {"latency_seconds": 0.5}, NO_DOCUMENTS | {"examples": 2000},
         TUNE, "founding rule 2"),
    _one("documents that never hold the answer", TRADE | {"fixed_form": True},
         {"documents": 3, "document_tokens": 300_000, "examples": 6000, "answer_coverage": 0.05,
          "hit_at_k": 0.1}, TUNE, "founding rule 2"),
    # both
    _one("a claims desk: form and company facts", FLOW, LIBRARY | {"examples": 2000}, BOTH, "both-add-up"),
    _one("the same, facts change weekly", FLOW | {"facts_change": "weekly"}, LIBRARY | {"examples": 2000},
         BOTH, "train-for-rag"),
    _one("the same, sources must show", FLOW | {"needs_sources": True}, LIBRARY | {"examples": 2000}, BOTH,
         "train-for-rag"),
    _one("agronomy: manner and facts", {"special_wording": True}, LIBRARY | {"examples": 5000,
         "answer_coverage": 0.8}, BOTH, "both-add-up"),
    _one("a domain exam with its textbook", {"special_wording": True, "combines_documents": True},
         LIBRARY | {"examples": 1500}, BOTH, "train-for-rag"),
    _one("wording and form, facts weekly", {"special_wording": True, "fixed_form": True,
         "facts_change": "weekly"}, LIBRARY | {"examples": 3000}, BOTH, "train-for-rag"),
    _one("it reads, but answers poorly", {"fixed_form": True}, LIBRARY | {"examples": 1200,
         "closed_book": 0.05, "oracle_context": 0.3, "reads_passages": True, "same_form": 0.7}, BOTH,
         "train-for-rag"),
    _one("a small model and rare facts, wording too", {"special_wording": True}, LIBRARY | {"examples": 1500,
         "closed_book": 0.1, "oracle_context": 0.7}, BOTH, "rare-facts"),
    # nothing yet
    _one("nothing at all", {}, {}, NOT_YET, "founding case 10"),
    _one("nothing gathered", {}, NO_DOCUMENTS | {"examples": 0}, NOT_YET, "founding case 10"),
    _one("wording wanted, nothing gathered", {"special_wording": True}, NO_DOCUMENTS | {"examples": 0},
         NOT_YET, "how-many-rows"),
    _one("thirty examples of wording", TRADE, NO_DOCUMENTS | {"examples": 30}, NOT_YET, "how-many-rows"),
    _one("nine examples", {"fixed_form": True}, NO_DOCUMENTS | {"examples": 9}, NOT_YET, "how-many-rows"),
    _one("eight short documents", {}, SMALL, NOT_YET, "below about 200k tokens retrieval may be unnecessary"),
    _one("eight short documents, said to fit", {"fits_in_context": True}, SMALL, NOT_YET,
         "below about 200k tokens retrieval may be unnecessary"),
    _one("the model knows it all", {}, LIBRARY | {"closed_book": 0.85}, NOT_YET, "founding: prompting"),
    _one("the model knows it all, few documents", {}, SMALL | {"closed_book": 0.9}, NOT_YET,
         "founding: prompting"),
    _one("a lookup gets the labels", {}, NO_DOCUMENTS | {"examples": 10_003, "distinct_answers": 77,
         "nearest_neighbour": 0.92}, NOT_YET, "probe: nearest neighbour .92, best adapter .90"),
    _one("a lookup gets the labels, form wanted too", {"fixed_form": True, "facts_change": "never"},
         NO_DOCUMENTS | {"examples": 10_003, "distinct_answers": 77, "nearest_neighbour": 0.92}, NOT_YET,
         "probe: nearest neighbour .92, best adapter .90"),
    _one("the same questions again and again", {}, {"documents": 40, "document_tokens": 90_000,
         "examples": 900, "nearest_neighbour": 0.88}, NOT_YET, "probe: nearest neighbour .92"),
    _one("search finds nothing and little is there", {}, SMALL | {"hit_at_k": 0.2, "answer_coverage": 0.1},
         NOT_YET, "search has to be mended before RAG is trusted"),
    _one("only a hosted model is allowed for", {"data_may_leave_host": True}, {}, NOT_YET,
         "prompting a larger model comes first"),
)  # fmt: skip
