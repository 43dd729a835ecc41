"""The engine: questions that wait together are answered as one batch, against one after the other."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

from bench.rows import Row, interleaved, more_is_better, spread
from studio.comparison.question_sets import read_questions
from studio.engine.client import Answer, Engine, open_engine
from studio.engine.prompts import Message, PassageText, with_passages
from studio.engine.start import health
from studio.settings import Settings

READ = (
    "Answers a second from the bundled model with three passages in the prompt, as a comparison asks for "
    "them. The rival is the same engine asked one question at a time. An answer should not depend on its "
    "company; where two tokens are equally likely, it may."
)
SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "questions.csv"
TOGETHER = 8
TOKENS = 16
REPETITIONS = 3
LOADING_SECONDS = 120.0


def measure(folder: Path) -> list[Row]:
    """Answers a second, eight together and one by one."""
    questions = _prompts()
    said: dict[str, list[Answer]] = {}
    with running_engine(folder) as engine:
        taken = interleaved(
            {
                "together": lambda: said.update(together=engine.chat_many(questions, max_tokens=TOKENS)),
                "one by one": lambda: said.update(
                    single=[engine.chat(question, max_tokens=TOKENS) for question in questions]
                ),
            },
            REPETITIONS,
            warm_up=0,
        )
    rates = {name: TOGETHER / median(seconds) for name, seconds in taken.items()}
    same = sum(a.text == b.text for a, b in zip(said["together"], said["single"], strict=True))
    prompt = median(answer.prompt_tokens for answer in said["single"])
    note = (
        f"{prompt:.0f} tokens of prompt, at most {TOKENS} of answer, {REPETITIONS} repetitions, "
        f"ours {spread(taken['together'])} s; {same} of {TOGETHER} answers are the same"
    )
    return [
        more_is_better(
            f"{TOGETHER} questions together",
            rates["together"],
            ("one by one", rates["one by one"]),
            "answers/s",
            note,
        )
    ]


def _prompts() -> list[list[Message]]:
    """Questions of the sample, each with three answers of the sample as passages."""
    known = read_questions(SAMPLE, SAMPLE.name)[: TOGETHER + 2]
    return [
        with_passages(
            known[number].question,
            [
                PassageText(at, "Handbook", one.reference)
                for at, one in enumerate(known[number:][:3], start=1)
            ],
        )
        for number in range(TOGETHER)
    ]


@contextmanager
def running_engine(folder: Path) -> Iterator[Engine]:
    """An engine of the data folder's own, loaded and warm; it ends with the bench."""
    engine = open_engine(Settings.load(folder))
    process = psutil.Process(engine.address.pid or 0)
    try:
        deadline = time.monotonic() + LOADING_SECONDS
        while (health(engine.address) or {}).get("status") == "loading" and time.monotonic() < deadline:
            time.sleep(0.2)
        engine.chat(_prompts()[0], max_tokens=2)
        yield engine
    finally:
        os.kill(process.pid, signal.SIGTERM)
        psutil.wait_procs([process], timeout=20)
