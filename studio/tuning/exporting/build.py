"""Builds one export, read top to bottom: ask the adapter, write the export, load it again, ask it the same.

    python -m studio.tuning.exporting.build EXPORT_FOLDER

Started by job.py; needs the folder alone, no database. Exit codes: 0 done, 1 refused with a sentence.
"""

import gc
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import psutil
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from studio.errors import StudioError
from studio.models.adapter_files import CONFIG, WEIGHTS, check_adapter
from studio.models.folders import write_manifest
from studio.models.licences import licence_files
from studio.tuning.exporting.answers import Said, choose_prompts, compare, listen
from studio.tuning.exporting.gguf_file import check_original, check_tokenizer, write_gguf
from studio.tuning.exporting.modelfile import modelfile
from studio.tuning.exporting.plan import CONTENT, README, ExportPlan, read_plan, tell
from studio.tuning.exporting.turns import check_speech, turn_ends
from studio.tuning.exporting.verdict import Verdict
from studio.tuning.plan import RESULT, write_result
from studio.tuning.process import leave_mark

GB = 1e9
COPY = "adapter"  # the format that is the adapter's own files, and so must be equal to the bit
GENERATION = "generation_config.json"
TOKENIZER_FILES = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "chat_template.jinja", "tokenizer.model", "vocab.json", "merges.txt",
)  # fmt: skip


class Refused(StudioError):
    """An export that does not answer as its adapter does."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(
            f"This export does not answer as the adapter does, so it is not given out. {verdict.sentence}"
            if verdict.enough
            else f"Whether this export answers as the adapter does cannot be told. {verdict.sentence}"
        )


def main(folder: Path) -> int:
    """Build what the folder says and write result.json. Returns the exit code."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    leave_mark(folder, os.getpid())
    (folder / RESULT).unlink(missing_ok=True)
    part = folder / f"{CONTENT}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        verdict = build(folder, part, read_plan(folder))
    except StudioError as error:
        checked = error.verdict.as_dict() if isinstance(error, Refused) else {}
        write_result(folder, {"state": "failed", "error": str(error), "checked": checked})
        return 1
    finally:
        shutil.rmtree(part, ignore_errors=True)
    size = sum(path.stat().st_size for path in (folder / CONTENT).rglob("*") if path.is_file())
    write_result(folder, {"state": "succeeded", "error": None, "checked": verdict.as_dict(), "size": size})
    return 0


def build(folder: Path, part: Path, plan: ExportPlan) -> Verdict:
    """Ask, write, ask again; the finished folder gets its manifest and its name last. Raises Refused."""
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    check_adapter(Path(plan.adapter_folder), plan.base_model)
    device = where_it_fits(plan, folder)

    tell(folder, 0.05, "Loading the base model and the adapter")
    tokenizer, adapted = load_adapted(plan, device)
    tell(folder, 0.2, "Asking the adapter the questions of the check")
    reference = ask(plan, tokenizer, adapted)

    tell(folder, 0.4, "Writing the files")
    write(plan, part, tokenizer, adapted)
    if plan.format != "adapter":
        adapted = None  # two models at once need not fit
        gc.collect()

    tell(folder, 0.7, "Loading the export again and asking it the same")
    verdict = verify(plan, part, reference, device)

    with (part / README).open("a") as card:
        marks = " or ".join(f"`{mark}`" for mark in tokenizer.convert_ids_to_tokens(reference.ends))
        card.write(f"\n## Checked before it was given out\n{verdict.sentence} An answer ends with {marks}.\n")
    shutil.rmtree(folder / CONTENT, ignore_errors=True)
    write_manifest(part)
    part.rename(folder / CONTENT)
    return verdict


def load_adapted(plan: ExportPlan, device: str) -> tuple[Any, Any]:
    """Tokenizer, and the adapter on a fresh base: unquantised, in 32 bit, however it was trained."""
    tokenizer = AutoTokenizer.from_pretrained(plan.base_folder, local_files_only=True)
    base = load(Path(plan.base_folder), device)
    return tokenizer, PeftModel.from_pretrained(base, plan.adapter_folder).eval()


def load(folder: Path, device: str, **options: Any) -> Any:
    """A model in 32 bit, to answer with."""
    loader: Any = AutoModelForCausalLM
    found = loader.from_pretrained(folder, dtype=torch.float32, local_files_only=True, **options)
    return found.to(device).eval()


def ask(plan: ExportPlan, tokenizer: Any, adapted: Any) -> Said:
    """What the adapter answers to ten questions of its training set."""
    ends = turn_ends(tokenizer, adapted.generation_config)
    context = int(getattr(adapted.config, "max_position_embeddings", None) or 2048)
    prompts = choose_prompts(tokenizer, plan.prompts, context)
    return listen(adapted, prompts, ends, exactly=plan.format == COPY)


def write(plan: ExportPlan, part: Path, tokenizer: Any, adapted: Any) -> None:
    """The files of the format, and the card."""
    (part / README).write_text(plan.card)
    if plan.format == COPY:
        for name in (CONFIG, WEIGHTS):
            shutil.copyfile(Path(plan.adapter_folder) / name, part / name)
        copy_tokenizer(plan, part)
        return
    merged = adapted.merge_and_unload(safe_merge=True)
    for path in licence_files(Path(plan.base_folder)):
        shutil.copyfile(path, part / path.name)
    weights = part / f"{plan.name}.gguf"
    if plan.format == "merged":
        save_merged(plan, part, merged, turn_ends(tokenizer, merged.generation_config))
    else:
        check_original(original_of(plan), tokenizer)
        write_gguf(merged, original_of(plan), weights, plan.name)
    context = int(merged.config.max_position_embeddings)
    try:
        (part / "Modelfile").write_text(modelfile(tokenizer, weights.name, context, plan.system))
    except StudioError:
        if plan.format == "gguf":
            raise


def save_merged(plan: ExportPlan, part: Path, merged: Any, ends: list[int]) -> None:
    """In the precision of the base's own files; its references to program code stay behind."""
    if hasattr(merged.config, "auto_map"):
        del merged.config.auto_map
    merged.to(stored_precision(plan)).save_pretrained(part)
    copy_tokenizer(plan, part)
    own, written = Path(plan.base_folder) / GENERATION, part / GENERATION
    if own.is_file():
        shutil.copyfile(own, written)
    settings = json.loads(written.read_text())
    named = settings.get("eos_token_id")
    if set(ends) != set(named if isinstance(named, list) else [named]):
        # a base that does not say where its turns end would never stop
        written.write_text(json.dumps(settings | {"eos_token_id": ends}, indent=2))


def verify(plan: ExportPlan, part: Path, reference: Said, device: str) -> Verdict:
    """Load what was written as a stranger would, and compare. Raises Refused where it answers otherwise."""
    if plan.format == COPY:
        again: Any = PeftModel.from_pretrained(load(Path(plan.base_folder), device), part).eval()
    elif plan.format == "merged":
        again = load(part, device, use_safetensors=True)
    else:
        weights = part / f"{plan.name}.gguf"
        check_tokenizer(weights, original_of(plan))
        again = load(part, device, gguf_file=weights.name)
    if plan.format != "gguf":
        check_speech(part, Path(plan.base_folder))
    verdict = compare(reference, again)
    if not verdict.passed(exactly=plan.format == COPY):
        raise Refused(verdict)
    return verdict


def where_it_fits(plan: ExportPlan, folder: Path) -> str:
    """The device that holds the model in 32 bit. Raises StudioError where memory or disk will not do."""
    stored = sum(path.stat().st_size for path in Path(plan.base_folder).glob("*.safetensors"))
    needed = 1.3 * stored * 4 / stored_precision(plan).itemsize
    free = shutil.disk_usage(folder).free
    if plan.format != "adapter" and free < 1.1 * stored:
        raise StudioError(
            f"The export needs {1.1 * stored / GB:.1f} GB on the disk of {folder}, "
            f"which has {free / GB:.1f} GB free."
        )
    if torch.cuda.is_available() and torch.cuda.mem_get_info()[0] > needed:
        return "cuda"
    memory = psutil.virtual_memory().available
    if memory < needed:
        raise StudioError(
            f"The export needs about {needed / GB:.1f} GB of memory; {memory / GB:.1f} GB are free. "
            "Try again when less is running."
        )
    return "cpu"


def stored_precision(plan: ExportPlan) -> torch.dtype:
    """Of the base's own files."""
    config = json.loads((Path(plan.base_folder) / "config.json").read_text())
    named = getattr(torch, str(config.get("dtype") or config.get("torch_dtype")), torch.float32)
    return named if isinstance(named, torch.dtype) else torch.float32


def original_of(plan: ExportPlan) -> Path:
    """The GGUF file that the base came as."""
    if plan.original_gguf is None:
        raise StudioError(f"{plan.base_model} did not come as GGUF, so its tokenizer cannot be written.")
    return Path(plan.original_gguf)


def copy_tokenizer(plan: ExportPlan, part: Path) -> None:
    """The base's own files, byte for byte."""
    for name in TOKENIZER_FILES:
        if (Path(plan.base_folder) / name).is_file():
            shutil.copyfile(Path(plan.base_folder) / name, part / name)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
