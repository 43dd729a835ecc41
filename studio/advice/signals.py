"""What can be measured on a team's data. Pure; filled by measure, or by hand for what-if use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.advice.answers import read_values
from studio.errors import BadInput


@dataclass(frozen=True)
class Signals:
    """None means not measured. Scores and shares run from 0 to 1; tokens are estimated from characters."""

    documents: int | None = None
    document_tokens: int | None = None
    examples: int | None = None
    distinct_answers: int | None = None
    closed_book: float | None = None
    oracle_context: float | None = None
    hit_at_k: float | None = None
    answer_coverage: float | None = None
    duplicate_share: float | None = None
    contradiction_share: float | None = None
    changed_share: float | None = None
    same_form: float | None = None
    vocabulary_distance: float | None = None
    distractor_context: float | None = None
    passage_margin: float | None = None
    reads_passages: bool | None = None
    nearest_neighbour: float | None = None
    # on how many documents, rows or questions each value rests
    sample_sizes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Signals":
        """From JSON; raises BadInput for an unknown key or a value of the wrong kind."""
        sizes = given.get("sample_sizes") or {}
        values = {key: value for key, value in given.items() if key != "sample_sizes"}
        for key in SHARES & values.keys():
            value = values[key]
            if isinstance(value, int | float) and not 0 <= value <= 1:
                raise BadInput(f"The signal “{key}” cannot be {value:g}: scores and shares run from 0 to 1.")
        return cls(**read_values(cls, values, "signal"), sample_sizes=dict(sizes))

    def overridden(self, by_hand: Mapping[str, Any]) -> "Signals":
        """With values given by hand in place of measured ones; these have no sample size."""
        given = {key: value for key, value in by_hand.items() if value is not None}
        sizes = {key: size for key, size in self.sample_sizes.items() if key not in given}
        return Signals.read({**self.as_dict(), **given, "sample_sizes": sizes})

    def as_dict(self) -> dict[str, Any]:
        """The measured values alone, None where there is none."""
        return {key: getattr(self, key) for key in SIGNAL_TEXTS}


SIGNAL_TEXTS = {
    "documents": "documents ready to be searched",
    "document_tokens": "tokens in all documents, estimated",
    "examples": "usable examples",
    "distinct_answers": "different answers among the examples",
    "closed_book": "score of the base model without any context",
    "oracle_context": "score of the base model with the right passage given",
    "distractor_context": "score of the base model with only wrong passages given",
    "passage_margin": "nats a token by which right passages make the right answer likelier than wrong ones",
    "reads_passages": "right passages beat wrong ones by more than chance",
    "hit_at_k": "share of questions whose document is among the first found",
    "answer_coverage": "share of sampled answers that some passage supports",
    "nearest_neighbour": "score of copying the answer of the most similar example",
    "same_form": "share of example answers that have the commonest form",
    "vocabulary_distance": "pieces a word falls into, against 1 for general text",
    "duplicate_share": "share of rows that repeat another",
    "contradiction_share": "share of rows that contradict another",
    "changed_share": "share of documents that changed between uploads",
}
SHARES = frozenset(key for key, text in SIGNAL_TEXTS.items() if text.startswith(("share", "score")))

# what a value tells, where no rule is moved by it
MEANINGS = {
    "documents": "Documents are what answers can be looked up in.",
    "document_tokens": "Little text fits into a prompt; much text has to be searched.",
    "examples": "Examples are what a model can be trained on: 100 for a trial, 1,000 to be comfortable.",
    "distinct_answers": "Few different answers over many rows would mean sorting into labels.",
    "closed_book": "What the model knows already needs neither documents nor training.",
    "oracle_context": "How well it answers when search finds everything: the most RAG can reach.",
    "distractor_context": "What it answers from wrong passages; the right ones should do clearly better.",
    "passage_margin": "How much it gains from what it reads; below is whether that is more than chance.",
    "reads_passages": "Only a model that uses what it reads gains from RAG; here that is not shown.",
    "hit_at_k": "What search does not find cannot be answered from: between the two this says little.",
    "answer_coverage": "Answers that stand in the documents can be looked up; this lies in between.",
    "nearest_neighbour": "When it is high, no model is needed at all; here it is not high enough for that.",
    "same_form": "A common form is what examples teach best; here the answers are of many forms.",
    "vocabulary_distance": "Words in many pieces are words the model seldom read; yours are ordinary.",
    "duplicate_share": "Repeated rows teach nothing new; here they are few enough.",
    "contradiction_share": "Contradictions teach a model to waver; here they are few enough.",
    "changed_share": "What changes often is better looked up than trained; here little changed.",
}
