"""The model card of an export: where it comes from, what it may be used for, how it scored, how it is run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from studio.models.bundled import CHAT_MODEL
from studio.models.licences import Licence
from studio.tuning.exporting.plan import Format
from studio.tuning.exporting.serving import (
    VLLM_NEEDED,
    convert_elsewhere,
    ollama,
    vllm_adapter,
    vllm_merged,
)
from studio.tuning.lineage import Score
from studio.tuning.listing import RunView

FOUR_BIT = (
    "The base is the edition that comes with the studio: 4-bit weights, unpacked. The hub's "
    "HuggingFaceTB/SmolLM2-135M-Instruct has finer weights, with which this was not checked. What loads "
    "an adapter needs a copy of the folder `smollm2-135m-instruct` from the studio's host."
)
QLORA = (
    "Trained on the base in 4 bit (QLoRA). Chat, merging and the check below use the base unquantised: "
    "merging into 4-bit weights would round the training away."
)
INTENDED = (
    "To answer questions like those it was trained on, in the manner of their answers, asked with the base "
    "model's own chat template. It looks nothing up: what it states from memory can be wrong and grows old "
    "with its training set, so give it the documents where facts count. It was not tried on other subjects "
    "or other languages, and was not made safer than its base model."
)
LIBRARIES = {"adapter": "peft", "merged": "transformers", "gguf": "gguf"}
RELATIONS = {"adapter": "adapter", "merged": "finetune", "gguf": "quantized"}
WHAT = {
    "adapter": "An adapter (LoRA)",
    "merged": "A fine-tuned edition, adapter and base in one,",
    "gguf": "A fine-tuned edition as GGUF for llama.cpp and Ollama, 16 bit,",
}


@dataclass(frozen=True)
class CardFacts:
    """What stands on the card besides the run itself; `base` is what a loader elsewhere is given."""

    format: Format
    name: str
    base: str
    licence: Licence
    scores: Sequence[Score]


def write_card(run: RunView, facts: CardFacts) -> str:
    """Markdown with the hub's front matter; the process that builds the export adds what it found."""
    sections = {
        "Intended use": [INTENDED, *_told_first(run)],
        "Licence": _licence(facts.licence),
        "Trained on": _trained_on(run),
        "Made with": _made_with(run),
        "Settings": [f"- {name}: {value}" for name, value in sorted(run.settings.items())],
        "Figures": _figures(run, facts.scores),
        "How to load it": _how_to_run(run, facts),
    }
    head = [
        *_front_matter(run, facts),
        f"# {' '.join(run.name.split())}\n",
        f"{WHAT[facts.format]} of `{run.base_model}`, made by run {run.id}.\n",
        *([f"{FOUR_BIT}\n"] if run.base_model == CHAT_MODEL else []),
        *([f"{QLORA}\n"] if run.method == "qlora" else []),
    ]
    return "\n".join([*head, *("\n".join([f"## {title}", *lines, ""]) for title, lines in sections.items())])


def _front_matter(run: RunView, facts: CardFacts) -> list[str]:
    on_hub = "/" in run.base_model
    relation = [f"base_model: {run.base_model}", f"base_model_relation: {RELATIONS[facts.format]}"]
    return [
        "---",
        f"license: {facts.licence.tag}",
        *(relation if on_hub else []),
        f"library_name: {LIBRARIES[facts.format]}",
        "pipeline_tag: text-generation",
        "---",
    ]


def _told_first(run: RunView) -> list[str]:
    """The system message that all its examples began with, without which it answers as if untrained."""
    system = _system(run)
    return ["", "All its examples began with this system message; ask it with the same:", "",
            _block(system, "text")] if system else []  # fmt: skip


def _system(run: RunView) -> str:
    return str((run.lineage or {}).get("system") or "")


def _licence(licence: Licence) -> list[str]:
    where = f" ({licence.found_in})" if licence.found_in else ""
    return [f"The base model's: {licence.name}{where}. The examples it was trained on are their owners'."]


def _trained_on(run: RunView) -> list[str]:
    """Counts; what an older run did not note is left out."""
    made = run.lineage or {}
    trained, unseen = made.get("examples"), made.get("unreviewed", 0)
    share = f" ({unseen / trained:.0%})" if trained else ""
    counts = {
        "held out, not trained on": made.get("held_out_rows"),
        "cut at the longest length": made.get("cut"),
        "left out, their question alone being too long": made.get("left_out"),
        "longest, in tokens": made.get("longest"),
    }
    return [
        f"- training set: {made.get('training_set')}, version {made.get('training_set_version')}",
        f"- content of that version (SHA-256): {made.get('version_sha256')}",
        f"- examples: {trained}, of which nobody reviewed {unseen}{share}",
        *(f"- {what}: {number}" for what, number in counts.items() if number is not None),
    ]


def _made_with(run: RunView) -> list[str]:
    made = run.lineage or {}
    steps = f"- steps: {made.get('steps')}"
    if made.get("best_step") not in (None, made.get("steps")):
        steps += f"; kept as it was at step {made['best_step']}, where the held-out loss was lowest"
    return [
        f"- base model: {run.base_model} {made.get('base_revision', '')}".rstrip(),
        f"- method and preset: {run.method}, {run.preset}",
        steps,
        f"- seed: {made.get('seed', run.settings.get('seed'))}",
        *([f"- device: {made['device']}"] if "device" in made else []),
        *_edition(made.get("edition") or {}),
    ]


def _edition(edition: dict[str, Any]) -> list[str]:
    if not edition:
        return []
    libraries = ", ".join(f"{name} {version}" for name, version in edition["libraries"].items())
    commit = f"commit {edition['commit'][:12]}, " if edition["commit"] else ""
    code = f"{commit}sources {edition['sources_sha256'][:12]}"
    return [f"- studio: {code}", f"- Python {edition['python']}, {libraries}"]


def _figures(run: RunView, scores: Sequence[Score]) -> list[str]:
    """Losses, and every comparison in which the adapter took part, each with its sample size."""
    made = run.lineage or {}
    held_out = made.get("held_out_rows", run.result.get("held_out_rows"))
    lines = [f"- training loss {run.train_loss:.3f}"] if run.train_loss is not None else []
    lines += [f"- held-out loss {run.eval_loss:.3f} (n = {held_out})"] if run.eval_loss is not None else []
    lines += [f"- {' '.join(score.comparison.split())}: {score.sentence}" for score in scores]
    return lines + ([] if scores else ["- no comparison has asked it yet"])


def _how_to_run(run: RunView, facts: CardFacts) -> list[str]:
    if facts.format == "gguf":
        smaller = f"Smaller: `ollama create {facts.name} -f Modelfile --quantize q4_K_M`; ask it again then."
        return [_block(ollama(facts.name)), "", smaller]
    if facts.format == "merged":
        folder = f"./{facts.name}-merged"
        loading = f'model = AutoModelForCausalLM.from_pretrained("{folder}")'
        return [_block(vllm_merged(facts.name)), "", _block(_python(run, folder, loading), "python"), "",
                "For Ollama and llama.cpp, with llama.cpp's own converter:", "",
                _block(convert_elsewhere(facts.name))]  # fmt: skip
    revision = str((run.lineage or {}).get("base_revision", ""))
    command = vllm_adapter(facts.base, revision, facts.name, int(run.settings.get("rank", 16)))
    folder = f"./{facts.name}-adapter"
    loading = (
        f'model = AutoModelForCausalLM.from_pretrained("{facts.base}")\n'
        f'model = PeftModel.from_pretrained(model, "{folder}")'
    )
    return [_block(command), "", VLLM_NEEDED, "", _block(_python(run, folder, loading), "python")]


def _python(run: RunView, folder: str, loading: str) -> str:
    """Load it and ask it once, with the chat template that lies beside the weights."""
    first = [{"role": "system", "content": _system(run)}] if _system(run) else []
    asked = [*first, {"role": "user", "content": "..."}]
    peft = "from peft import PeftModel\n" if "PeftModel" in loading else ""
    return (
        f"{peft}from transformers import AutoModelForCausalLM, AutoTokenizer\n\n"
        f'tokenizer = AutoTokenizer.from_pretrained("{folder}")\n{loading}\n'
        f"asked = {asked!r}\n"
        'options = {"add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}\n'
        "prompt = tokenizer.apply_chat_template(asked, **options)\n"
        "print(tokenizer.decode(model.generate(**prompt, max_new_tokens=200, do_sample=False)[0]))"
    )


def _block(text: str, language: str = "bash") -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"
