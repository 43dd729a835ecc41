"""The model card of an export: where it comes from, what it may be used for, how it scored, how it is run."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import known_model
from studio.store.database import Workspace
from studio.store.tables import Comparison
from studio.tuning.exporting.plan import Format
from studio.tuning.exporting.serving import convert_elsewhere, ollama, vllm_adapter, vllm_merged
from studio.tuning.listing import RunView

# the hub's words for licences (huggingface.co/docs/hub/repositories-licenses)
HUB_LICENCES = {
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
    "Llama 3.2 licence": "llama3.2",
    "Gemma terms": "gemma",
}
UNKNOWN = "not known here; read its page on the hub before you pass this on"
FOUR_BIT = (
    "The base is the edition that comes with the studio: 4-bit weights, unpacked. The hub's "
    "HuggingFaceTB/SmolLM2-135M-Instruct has finer weights, with which this was not checked. What loads "
    "an adapter needs a copy of the folder `smollm2-135m-instruct` from the studio's host."
)
QLORA = (
    "Trained on the base in 4 bit (QLoRA). Chat, merging and the check below use the base unquantised: "
    "merging into 4-bit weights would round the training away."
)


@dataclass(frozen=True)
class CardFacts:
    """What stands on the card besides the run itself; `base` is what a loader elsewhere is given."""

    format: Format
    name: str
    base: str
    licence: str
    scores: list[str]


def write_card(run: RunView, facts: CardFacts) -> str:
    """Markdown with the hub's front matter; the process that builds the export adds what it found."""
    made = run.lineage or {}
    settings = "\n".join(f"- {name}: {value}" for name, value in sorted(run.settings.items()))
    return "\n".join(
        [
            *_front_matter(run, facts),
            f"# {' '.join(run.name.split())}",
            "",
            f"{_what_it_is(facts.format)} of `{run.base_model}`, made by run {run.id}.",
            *(["", FOUR_BIT] if run.base_model == CHAT_MODEL else []),
            *(["", QLORA] if run.method == "qlora" else []),
            "",
            "## Licence",
            f"The base model's: {facts.licence}. The examples it was trained on are their owners'.",
            "",
            "## Where it comes from",
            f"- base model: {run.base_model} {made.get('base_revision', '')}".rstrip(),
            f"- training set: {made.get('training_set')}, version {made.get('training_set_version')}",
            f"- content of that version (SHA-256): {made.get('version_sha256')}",
            f"- examples: {made.get('examples')}, of which nobody reviewed {made.get('unreviewed', 0)}",
            f"- method and preset: {run.method}, {run.preset}",
            f"- steps: {made.get('steps')}",
            "",
            "## Settings",
            settings,
            "",
            "## Scores",
            *facts.scores,
            "",
            "## How to run it",
            *_how_to_run(run, facts),
            "",
        ]
    )


def scores(room: Workspace, run: RunView) -> list[str]:
    """Lines with the held-out loss and the newest comparison of the run, each with its sample size."""
    held_out = run.result.get("held_out_rows")
    lines = [f"- held-out loss {run.eval_loss:.3f} (n = {held_out})"] if run.eval_loss is not None else []
    newest = (
        sa.select(Comparison)
        .where(Comparison.workspace_id == room.id, Comparison.run_id == run.id)
        .where(Comparison.state == "succeeded")
        .order_by(Comparison.id.desc())
        .limit(1)
    )
    with room.session() as session:
        found = session.scalar(newest)
        report: dict[str, Any] = found.report or {} if found else {}
    for approach, entry in sorted(report.get("approaches", {}).items()):
        for metric, value in entry["metrics"].items():
            interval = f"[{value['low']:.2f}, {value['high']:.2f}]"
            lines.append(
                f"- {approach}, {metric}: {value['mean']:.2f} {interval} (95 %, n = {report['questions']})"
            )
    return lines or ["Not measured yet."]


def licence_of(base_model: str, folder: Path) -> str:
    """From the catalogue, else from the model's own card, else a sentence that it is not known."""
    known = known_model(base_model)
    if known:
        return known.licence
    own = folder / "README.md"
    found = re.search(r"(?m)^license: *([\w.-]+)", own.read_text()) if own.is_file() else None
    return found[1] if found else UNKNOWN


def _front_matter(run: RunView, facts: CardFacts) -> list[str]:
    library = {"adapter": "peft", "merged": "transformers", "gguf": "gguf"}[facts.format]
    base = [f"base_model: {run.base_model}"] if "/" in run.base_model else []
    licence = HUB_LICENCES.get(facts.licence, "other")
    return ["---", f"license: {licence}", *base, f"library_name: {library}", "---"]


def _what_it_is(form: Format) -> str:
    return {
        "adapter": "An adapter (LoRA)",
        "merged": "A fine-tuned edition, adapter and base in one,",
        "gguf": "A fine-tuned edition as GGUF for llama.cpp and Ollama, 16 bit,",
    }[form]


def _how_to_run(run: RunView, facts: CardFacts) -> list[str]:
    if facts.format == "gguf":
        smaller = f"Smaller: `ollama create {facts.name} -f Modelfile --quantize q4_K_M`; ask it again then."
        return [_block(ollama(facts.name)), "", smaller]
    if facts.format == "merged":
        python = f'AutoModelForCausalLM.from_pretrained("./{facts.name}-merged")'
        return [_block(vllm_merged(facts.name)), "", _block(_loading(python, ()), "python"), "",
                "As GGUF, from another base than the bundled one:", "",
                _block(convert_elsewhere(facts.name))]  # fmt: skip
    revision = str((run.lineage or {}).get("base_revision", ""))
    command = vllm_adapter(facts.base, revision, facts.name, int(run.settings.get("rank", 16)))
    python = f'AutoModelForCausalLM.from_pretrained("{facts.base}")'
    onto = (f'model = PeftModel.from_pretrained(model, "./{facts.name}-adapter")',)
    return [_block(command), "", _block(_loading(python, onto), "python")]


def _loading(model: str, more: tuple[str, ...]) -> str:
    imports = ["from transformers import AutoModelForCausalLM"]
    return "\n".join([*(["from peft import PeftModel"] if more else []), *imports, f"model = {model}", *more])


def _block(text: str, language: str = "bash") -> str:
    return f"```{language}\n{text}\n```"
