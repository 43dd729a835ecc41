"""Writes docs/proof.md: three pilots whose outcome theory foretells, and how often the statistics err.

    python -m docs.proof                       the page anew from what was kept
    python -m docs.proof facts labels passages statistics [--data DIR]

Each pilot is `advise --pilot` on files made for it, in a data folder of its own below DIR; run again it goes
on where it was. The public sets lie where STUDIO_REALDATA says. Figures, no texts, are kept in proof.json.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.chance import KINDS, SIZES, measure_coverage, measure_false_winners
from docs.proof_cases import CASES, Case, Claim
from studio.advice.piloting.pilots import PilotView, list_pilots
from studio.approaches import NAMES, in_order, uses_passages
from studio.comparison.verdict import METRIC_NAMES, between
from studio.settings import Settings
from studio.store.database import open_database

PAGE, KEPT = Path(__file__).with_suffix(".md"), Path(__file__).with_suffix(".json")
COVERED, WINNERS = 1000, 1000  # simulated comparisons
RIGHT_REFUSALS, WRONG_REFUSALS = 0.8, 0.15
SHOWN = ("label_right", "figures_right", "similarity", "answered", "refusal_right", "supported")
INTRODUCTION = """# Proof

Three pilots on data where it is known what should come out, run by the product itself on the bundled models
(SmolLM2-135M-Instruct, all-MiniLM-L6-v2) and a processor, and a simulation of the statistics that judge
them. `python -m docs.proof facts labels passages statistics` runs them again (the last two sets are public
data in the folder that STUDIO_REALDATA names) and writes this page. One seed for each training; the intervals
are over questions. A model of 135 million parameters is small: what holds here is the direction, not the
height.

“Shown” means that the paired 95 % interval of the score that decides excludes zero and the sign-flip test
holds after Holm's correction over all pairs.
"""


def main() -> None:
    """Run what is named, then write the page."""
    known = [*(case.name for case in CASES), "statistics"]
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "studio-proof")
    given = parser.parse_args()
    if unknown := set(given.names) - set(known):
        parser.error(f"There is no {', '.join(unknown)}; choose from {', '.join(known)}.")
    kept: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
    for name in given.names:
        case = next((one for one in CASES if one.name == name), None)
        kept[name] = _piloted(case, given.data / name) if case else _simulated()
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    PAGE.write_text(page(kept), encoding="utf-8")


def _piloted(case: Case, folder: Path) -> dict[str, Any]:
    """Figures alone, as `advise --pilot --json` gives them."""
    public = Path(os.environ.get("STUDIO_REALDATA", "."))
    folder.mkdir(parents=True, exist_ok=True)
    answers = folder / "answers.json"
    answers.write_text(json.dumps(dict(case.answers)))
    load = os.getloadavg()[0]
    command = [
        sys.executable, "-m", "studio", "advise", "--pilot", "--json", "--data", str(folder / "data"),
        "--answers", str(answers), *case.prepare(folder, public),
        "--limit", str(case.questions), "--minutes", f"{case.minutes:g}",
    ]  # fmt: skip
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    pilot = found.pop("pilot")
    told = (
        "metric",
        "questions",
        "excluded",
        "headline",
        "approaches",
        "differences",
        "leader",
        "curve_says",
    )
    return {
        **{name: pilot[name] for name in told},
        **{name: found[name] for name in ("conclusion", "title", "overturned", "pilot_says", "confidence")},
        "minutes": _last_minutes(folder / "data"),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
        "when": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
    }


def _last_minutes(data: Path) -> float:
    database = open_database(Settings.load(data))
    try:
        return minutes_of(list_pilots(database.workspace("default")))
    finally:
        database.close()


def minutes_of(pilots: Iterable[PilotView]) -> float:
    """Of the pilot that ended last, from its beginning on, however often it was taken up again."""
    took = {one.finished_at: one.finished_at - one.created_at for one in pilots if one.finished_at}
    return round(took[max(took)].total_seconds() / 60, 1)


def _simulated() -> dict[str, Any]:
    covered = [one for kind in KINDS for size in SIZES for one in measure_coverage(kind, size, COVERED)]
    winners = [one for kind in KINDS for size in SIZES for one in measure_false_winners(kind, size, WINNERS)]
    return {"rows": [asdict(one) for one in (*covered, *winners)]}


def page(kept: Mapping[str, Any]) -> str:
    """The whole page as Markdown."""
    parts = [INTRODUCTION]
    parts += ["\n".join(_case(case, kept[case.name])) for case in CASES if case.name in kept]
    if "statistics" in kept:
        parts.append("\n".join(_statistics(kept["statistics"]["rows"])))
    return "\n".join(parts) + "\n"


def _case(case: Case, found: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {case.title}\n\n{case.scope}\n"
    yield (
        f"{found['questions']} questions asked, {found['excluded']} left out as seen in training; "
        f"{found['minutes']:g} minutes in all on {found['machine']} (load {found['load'][0]:g} at the start, "
        f"{found['load'][1]:g} at the end), {found['when']}.\n"
    )
    yield from _scores(found)
    yield "\n| foretold | seen | |\n|---|---|---|"
    yield from (_claim(claim, found) for claim in case.claims)
    yield from _refusals(found)
    yield f"\nThe recommendation: **{found['title']}** ({found['conclusion']}). {found['pilot_says']}"
    if found["curve_says"]:
        yield f"\n{found['curve_says']}"
    yield ""


def _scores(found: Mapping[str, Any]) -> Iterator[str]:
    approaches = found["approaches"]
    beside = [one for one in SHOWN if any(one in entry["metrics"] for entry in approaches.values())]
    heads = [METRIC_NAMES[found["metric"]], *(one.replace("_", " ") for one in beside), "s an answer"]
    yield f"| approach | {' | '.join(heads)} |\n|---|{'---:|' * len(heads)}"
    for name in in_order(approaches):
        entry = approaches[name]
        cells = [_interval(entry["metrics"].get(one)) for one in (found["metric"], *beside)]
        yield f"| {NAMES[name]} | {' | '.join(cells)} | {entry['seconds_per_answer']:.1f} |"


def _claim(claim: Claim, found: Mapping[str, Any]) -> str:
    said = f"{NAMES[claim.better]} above {NAMES[claim.worse]}"
    gap = between(found["differences"], found["metric"], claim.better, claim.worse)
    if gap is None or gap["low"] is None:
        return f"| {said} | not measured | |"
    verdict = "shown" if gap["decided"] and gap["mean"] > 0 else "**not shown**"
    if gap["decided"] and gap["mean"] < 0:
        verdict = "**the opposite is shown**"
    needed = (
        f"; about {gap['questions_needed']:,} questions needed"
        if not gap["decided"] and gap["questions_needed"]
        else ""
    )
    return (
        f"| {said} | {gap['mean']:+.2f} [{gap['low']:+.2f}, {gap['high']:+.2f}], n = {gap['n']} "
        f"| {verdict}{needed} |"
    )


def _refusals(found: Mapping[str, Any]) -> Iterator[str]:
    """Of the approaches that read passages, where there were questions without an answer."""
    for name in filter(uses_passages, in_order(found["approaches"])):
        metrics = found["approaches"][name]["metrics"]
        right, answered = metrics.get("refusal_right"), metrics.get("answered")
        if right is None or answered is None:
            continue
        wrong = 1 - answered["mean"]
        held = "shown" if right["mean"] >= RIGHT_REFUSALS and wrong <= WRONG_REFUSALS else "**not reached**"
        yield (
            f"| {NAMES[name]}: unanswerable questions refused ≥ {RIGHT_REFUSALS:.0%}, answerable ones ≤ "
            f"{WRONG_REFUSALS:.0%} | {right['mean']:.0%} of {right['n']}, {wrong:.0%} of {answered['n']} "
            f"| {held} |"
        )


def _interval(score: Mapping[str, Any] | None) -> str:
    if score is None or score["mean"] is None:
        return "–"
    if score["low"] is None:
        return f"{score['mean']:.2f} (n = {score['n']})"
    return f"{score['mean']:.2f} [{score['low']:.2f}, {score['high']:.2f}] (n = {score['n']})"


def _statistics(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield (
        "## How often the statistics err\n\n"
        f"Made-up scores of known truth, put through the product's own functions: {COVERED:,} comparisons of "
        f"two equal approaches for each interval, {WINNERS:,} of four equal ones (six pairs) for winners. "
        "Wanted: 0.90 to 0.98 of the 95 % intervals hold the truth, and at most 0.05 of the comparisons of "
        "equals have a winner.\n"
    )
    yield "| what | scores | questions | share [95 %] |\n|---|---|---:|---:|"
    for row in rows:
        share = row["share"]
        told = f"{share['share']:.3f} [{share['low']:.3f}, {share['high']:.3f}]"
        yield f"| {row['what']} | {row['kind']} | {row['questions']} | {told} |"


if __name__ == "__main__":
    main()
