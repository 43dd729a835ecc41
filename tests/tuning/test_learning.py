"""The bundled model learns a few examples of the sample: the whole of training, seen from what it is for."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.answer_scores import token_f1
from studio.engine.prompts import closed_book, render
from studio.tuning.plan import HELD_OUT, TRAIN, read_rows
from studio.tuning.presets import TrainingSettings
from tests.tuning.training import checks, train_here

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("ignore::FutureWarning")]

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "examples.csv"
LEARNED = 4
# fast enough to overshoot: the held-out loss must rise again for the run to end early
SETTINGS = TrainingSettings(
    epochs=20, max_steps=14, learning_rate=3e-3, schedule="constant", warmup=0.0,
    batch_size=LEARNED, evaluations=7, patience=2, checkpoints=0,
)  # fmt: skip
Making = Callable[..., Path]


def test_training_questions_are_recalled_and_the_best_adapter_is_kept(
    bundled: Path, make_run: Making
) -> None:
    run = make_run(bundled, SETTINGS)
    write_sample(run)

    result = train_here(run)

    assert (result["state"], result["ended_early"]) == ("succeeded", True), result["error"]
    measured = checks(run)
    assert measured[result["best_step"]] == min(measured.values()) < 0.9 * measured[0]
    assert max(measured) > result["best_step"]
    tokenizer, adapted = reloaded(bundled, run / "adapter")
    # the same loss to the last bit: what was loaded again is the adapter that was measured
    assert held_out_loss(tokenizer, adapted, run) == result["best_eval_loss"]
    rows = read_rows(run / TRAIN)
    recalled = [token_f1(answer(tokenizer, adapted, row["prompt"]), row["completion"]) for row in rows]
    assert max(recalled) == 1 and sum(recalled) / len(recalled) > 0.6, recalled


def write_sample(run: Path) -> None:
    """Learned: the shortest answers. Held out: three of them asked in other words, and one that is new."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: len(row["answer"]))[: LEARNED + 1]
    examples = [{"prompt": row["question"], "completion": row["answer"]} for row in rows]
    reworded = [one | {"prompt": f"Please tell me: {one['prompt']}"} for one in examples[: LEARNED - 1]]
    for name, content in ((TRAIN, examples[:LEARNED]), (HELD_OUT, reworded + examples[LEARNED:])):
        (run / name).write_text("".join(json.dumps(one) + "\n" for one in content))


def reloaded(base: Path, adapter: Path) -> tuple[Any, Any]:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(base, local_files_only=True)
    return AutoTokenizer.from_pretrained(base), PeftModel.from_pretrained(model, adapter).eval()


def held_out_loss(tokenizer: Any, model: Any, run: Path) -> float:
    from studio.tuning.encoding import collate, encode
    from studio.tuning.loss import held_out_loss as measure

    rows = sorted(encode(read_rows(run / HELD_OUT), tokenizer, 8192).rows, key=lambda row: len(row.tokens))
    return measure(model, [collate(rows, tokenizer.pad_token_id)])


def answer(tokenizer: Any, model: Any, question: str) -> str:
    asked = tokenizer(render(tokenizer, closed_book(question)), return_tensors="pt", add_special_tokens=False)
    model.eval()
    said = model.generate(**asked, max_new_tokens=40, do_sample=False)
    return str(tokenizer.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)).strip()
