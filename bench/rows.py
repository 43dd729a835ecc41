"""What a bench measures and how: interleaved repetitions, and rows that compare two figures."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """Ours beside a rival. `ratio` above 1: ours is better.

    What was asked, if anything: a figure of ours `below` this, or a ratio of `at_least` that.
    """

    name: str
    ours: float
    rival: float
    rival_name: str
    ratio: float
    unit: str
    note: str = ""
    below: float | None = None
    at_least: float | None = None


def less_is_better(
    name: str, ours: float, rival: tuple[str, float], unit: str, note: str = "", below: float | None = None
) -> Row:
    """For times and memory; `rival` is its name and its figure."""
    return Row(name, ours, rival[1], rival[0], rival[1] / ours, unit, note, below)


def more_is_better(name: str, ours: float, rival: tuple[str, float], unit: str, note: str = "") -> Row:
    """For throughput."""
    return Row(name, ours, rival[1], rival[0], ours / rival[1], unit, note)


def interleaved(
    contenders: Mapping[str, Callable[[], object]],
    repetitions: int,
    warm_up: int = 1,
    before_each: Callable[[], object] = gc.collect,
) -> dict[str, list[float]]:
    """Seconds of every call, without `before_each`.

    All take turns, every other round backwards, so that a busy minute hits all alike.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(-warm_up, repetitions):
        order = list(contenders) if turn % 2 == 0 else list(contenders)[::-1]
        for name in order:
            before_each()
            began = time.perf_counter()
            contenders[name]()
            if turn >= 0:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def in_turns(contenders: Mapping[str, Callable[[], float]], repetitions: int) -> dict[str, list[float]]:
    """The same for contenders that keep their own time and return it: those in other processes."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(repetitions):
        for name in list(contenders) if turn % 2 == 0 else list(contenders)[::-1]:
            gc.collect()
            seconds[name].append(contenders[name]())
    return seconds


def figure(value: float) -> str:
    """Three digits, as they stand in the tables."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def spread(seconds: list[float], scale: float = 1.0) -> str:
    """Fastest, slowest and median in a few characters, for notes."""
    low, high, middle = (figure(scale * value) for value in (min(seconds), max(seconds), median(seconds)))
    return f"{low}–{high} (median {middle})"
