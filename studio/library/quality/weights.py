"""How much meaning should weigh beside words: the usual weight, and the one that figures speak for.

Called by measuring, by the comparison of two embedding models and by the search lab.
"""

from collections.abc import Sequence

from studio.library.finding.languages import IN_PIECES, STEMMED
from studio.library.quality.trials import SettingResult
from studio.models.embedders import known_embedder

USUAL = 0.4  # before anything is measured
USUAL_FOREIGN = 0.2  # where the embedding model does not know the library's language
LOWEST, HIGHEST = 0.1, 0.9  # neither side is ever silenced
OTHER_THAN_ENGLISH = (STEMMED | set(IN_PIECES)) - {"english"}


def usual_weight(embedding_model: str, language: str) -> float:
    """Lower where the model is known not to know the library's language."""
    known = known_embedder(embedding_model)
    foreign = known is not None and known.languages == "English" and language in OTHER_THAN_ENGLISH
    return USUAL_FOREIGN if foreign else USUAL


def best_weight(results: Sequence[SettingResult], usual: float = USUAL) -> float:
    """The first weight on the way from the usual to the best that is not clearly worse than the best.

    After the one-standard-error rule (Breiman, Friedman, Olshen and Stone 1984, "Classification and
    Regression Trees", 3.4.3), with 95 % in place of one error: questions that a library makes of itself are
    not those of people, so only a clear difference counts. Never beyond the best nor away from it: a weight
    may escape being clearly worse only because its figures vary more.
    """
    good = [one for one in results if not one.worse] or results
    best = max(good, key=lambda one: (one.ndcg, -abs(one.dense_weight - usual))).dense_weight
    low, high = min(usual, best), max(usual, best)
    there = [one.dense_weight for one in good if low <= one.dense_weight <= high]
    chosen = min(there, key=lambda weight: abs(weight - usual))
    return min(max(chosen, LOWEST), HIGHEST)


def as_good(results: Sequence[SettingResult], weight: float) -> bool:
    """Is the tried setting nearest to this weight no worse than the best, by more than chance?"""
    return not min(results, key=lambda one: abs(one.dense_weight - weight)).worse
