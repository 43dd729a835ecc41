"""How a library is searched and what was measured for it, in sentences. Used by the page and by `advise`."""

from dataclasses import asdict, dataclass

from studio.library.answering.grounds import PASSAGES_IN_PROMPT
from studio.library.libraries import library_row
from studio.library.quality.measuring import Measurement, read_measurement
from studio.library.quality.thresholds import USUAL as USUAL_THRESHOLD
from studio.library.quality.trials import SettingResult
from studio.store.database import Workspace

ORIGINS = {"synthetic": "made from its own passages", "team": "of your team"}


@dataclass(frozen=True)
class SearchSetting:
    """One setting as it is now; `why` says what it rests on."""

    name: str
    value: str
    why: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def search_settings(room: Workspace, library_id: int) -> list[SearchSetting]:
    """Weight of meaning, passages in a prompt, nearness to answer from; raises NotFound."""
    library = library_row(room, library_id)
    measured, kept = read_measurement(library.search), bool(library.search.get("kept"))
    weight = f"{library.dense_weight:.1f} for meaning, {1 - library.dense_weight:.1f} for words"
    nearness = library.answer_threshold
    why = "the usual one; measure it with questions that the documents do not answer (`threshold`)"
    if nearness != USUAL_THRESHOLD:
        why = "chosen for this library by measurement"
    return [
        SearchSetting("Weight", weight, _why_weight(measured, library.dense_weight, kept=kept)),
        SearchSetting(
            "Passages in a prompt",
            f"up to {PASSAGES_IN_PROMPT}",
            "of about 128 tokens each: small models lose the thread of more",
        ),
        SearchSetting("Answers from a nearness of", f"{nearness:.2f}", why),
    ]


def _why_weight(measured: Measurement | None, weight: float, *, kept: bool) -> str:
    if kept:
        return "chosen by a person in the search lab"
    if measured is None or not measured.settings:
        return "the usual one: there is too little to measure it on yet"
    nearest = min(measured.settings, key=lambda one: abs(one.dense_weight - weight))
    asked = f"{measured.questions:,} questions {ORIGINS[measured.origin]}"
    found = f"the right document among five {nearest.hit_at_5:.0%}"
    return f"measured on {asked}: nDCG@10 {_score(nearest)}, {found}"


def _score(found: SettingResult) -> str:
    if found.ndcg_low is None or found.ndcg_high is None:
        return f"{found.ndcg:.2f}"
    return f"{found.ndcg:.2f} (95 % interval {found.ndcg_low:.2f} to {found.ndcg_high:.2f})"
