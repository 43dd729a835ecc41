"""How an answer is scored against its reference. Pure; used by comparisons and probes of training sets."""

import math
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

CITATION_MARK = re.compile(r"\s*\[\d+\]")
ARTICLES = re.compile(r"\b(a|an|the)\b")
REFUSALS = re.compile(
    r"\b(do(es)? not|don['’]?t|doesn['’]?t|did not|didn['’]?t|can(no|['’])?t|can not|could not|couldn['’]?t"
    r"|unable to|no)\b.{0,40}"
    r"\b(know|answer|say|tell|find|determine|mention(ed)?|contain|include|specify|state|information|provided?)\b"
    r"|\bnot (stated|mentioned|specified|given|covered|provided|answered|contained|available)\b"
    r"|\bi(['’]m| am) (not sure|unsure|sorry)\b|\bunanswerable\b",
    re.IGNORECASE,
)
REFUSAL_STARTS_WITHIN = 160
# fewer references than this say nothing of the manner they share
FEWEST_REFERENCES = 6
SEED = 17
LABEL_WORDS = 3


def token_f1(answer: str, reference: str) -> float:
    """Overlap of words as in SQuAD (Rajpurkar et al. 2016): harmonic mean of precision and recall."""
    given, wanted = normalise(answer).split(), normalise(reference).split()
    if not given or not wanted:
        return float(given == wanted)
    shared = (Counter(given) & Counter(wanted)).total()
    return 2 * shared / (len(given) + len(wanted))


def rouge_l(answer: str, reference: str) -> float:
    """F1 of the longest common subsequence of words (Lin 2004, ROUGE-L): overlap that minds order."""
    given, wanted = normalise(answer).split(), normalise(reference).split()
    if not given or not wanted:
        return float(given == wanted)
    lengths = [0] * (len(wanted) + 1)  # of the longest common subsequence with each beginning of `wanted`
    for word in given:
        diagonal = 0
        for at, other in enumerate(wanted, start=1):
            diagonal, lengths[at] = (
                lengths[at],
                diagonal + 1 if word == other else max(lengths[at], lengths[at - 1]),
            )
    return 2 * lengths[-1] / (len(given) + len(wanted))


@dataclass(frozen=True)
class Rarity:
    """How much a word tells about one question among many: little where many references hold it."""

    references: int
    holding: Counter[str]

    @classmethod
    def among(cls, references: Sequence[str]) -> "Rarity":
        return cls(
            len(references), Counter(word for one in references for word in set(normalise(one).split()))
        )

    def of(self, word: str) -> float:
        """Inverse document frequency (Spärck Jones 1972): 0 for a word that every reference holds."""
        return math.log((self.references + 1) / (self.holding[word] + 1))


def content_f1(answer: str, reference: str, question: str, rarity: Rarity) -> float:
    """Token F1 in which each word counts by its rarity, and the question's own words not at all.

    Plain word overlap rewards the manner that all references share, and repeating the question. Where
    nothing else would count the question's words do, and where nothing at all is rare it is `token_f1`.
    """
    given, wanted = Counter(normalise(answer).split()), Counter(normalise(reference).split())
    for repeated in (frozenset(normalise(question).split()), frozenset[str]()):
        weight = {w: 0.0 if w in repeated else rarity.of(w) for w in (given | wanted)}
        if any(weight[word] for word in wanted):
            shared, all_ = (
                sum(weight[w] * n for w, n in words.items()) for words in (given & wanted, given + wanted)
            )
            return 2 * shared / all_
    return token_f1(answer, reference)


def form_baseline(references: Sequence[str]) -> float | None:
    """Mean word overlap of each reference with that of another question: what form alone scores."""
    if len(references) < FEWEST_REFERENCES:
        return None
    order = random.Random(SEED).sample(list(references), len(references))
    pairs = zip(order, [*order[1:], order[0]], strict=True)
    return round(sum(token_f1(other, wanted) for wanted, other in pairs) / len(order), 4)


def are_labels(references: Sequence[str]) -> bool:
    """Few words each, and each on average for two questions at least."""
    short = bool(references) and all(len(reference.split()) <= LABEL_WORDS for reference in references)
    return short and len(set(references)) <= len(references) / 2


def exact_match(answer: str, reference: str) -> float:
    """1.0 when nothing but case, punctuation and articles differs."""
    return float(normalise(answer) == normalise(reference))


def label_right(answer: str, reference: str, labels: Collection[str]) -> float:
    """1.0 when the reference's label, and no other one, stands in the answer; `labels` are all there are.

    Kinder than `exact_match` to a model that says the right label in a sentence.
    """
    said = f" {normalise(answer)} "
    named: set[str] = set()
    # the longest first and then taken out: "card lost" must not count as "card" too
    for label in sorted({normalise(one) for one in labels} - {""}, key=lambda one: (-len(one), one)):
        if f" {label} " in said:
            named.add(label)
            said = said.replace(f" {label} ", " | ")
    return float(named == {normalise(reference)})


def similarities(answers: np.ndarray, references: np.ndarray) -> list[float]:
    """Cosine of each answer with its reference; both are L2-normalised rows, negative values count as 0."""
    return [round(max(0.0, float(value)), 4) for value in np.einsum("ij,ij->i", answers, references)]


def is_refusal(answer: str) -> bool:
    """Whether the answer says that it cannot answer; an empty answer does too. English only."""
    start = answer.strip()[:REFUSAL_STARTS_WITHIN]
    return not start or REFUSALS.search(start) is not None


def without_marks(answer: str) -> str:
    """The answer without its [1]: a citation is neither right nor wrong wording."""
    return CITATION_MARK.sub("", answer).strip()


def normalise(text: str) -> str:
    """SQuAD's normalisation, with the punctuation of every script removed."""
    kept = "".join(" " if unicodedata.category(letter)[0] == "P" else letter for letter in text.casefold())
    return " ".join(ARTICLES.sub(" ", kept).split())
