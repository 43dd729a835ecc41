"""How much the benches of libraries measure; STUDIO_BENCH_SIZES="searched=2000 filtered=10000" changes it."""

import os
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Sizes:
    """`stored` to `grown` count passages."""

    stored: int = 2_000
    searched: int = 20_000
    filtered: int = 100_000
    grown: int = 100_000
    questions: int = 100
    repetitions: int = 2
    files: int = 100


def sizes() -> Sizes:
    given = dict(part.split("=") for part in os.environ.get("STUDIO_BENCH_SIZES", "").split())
    known = {field.name for field in fields(Sizes)}
    if unknown := sorted(given.keys() - known):
        raise SystemExit(f"STUDIO_BENCH_SIZES knows {', '.join(sorted(known))}, not {unknown[0]}.")
    return Sizes(**{name: int(value) for name, value in given.items()})
