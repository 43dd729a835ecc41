"""The command line: `python -m studio <command>`. Pages and tests use the same functions."""

import argparse
import contextlib
import sys
from collections.abc import Sequence

from studio.commands import (
    advising,
    building,
    checking,
    decisions,
    embedding,
    feedback,
    library,
    models,
    proof,
    runs,
    search,
    sets,
    system,
    threshold,
    tuning,
    up,
)
from studio.errors import StudioError
from studio.processes import end_with_supervisor

GROUPS = (
    up,
    library,
    search,
    threshold,
    embedding,
    checking,
    sets,
    building,
    feedback,
    models,
    tuning,
    runs,
    advising,
    proof,
    decisions,
    system,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. What failed is one sentence on stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m studio",
        description="Find out which way makes a small language model an expert in your trade.",
    )
    commands = parser.add_subparsers(metavar="command", required=True)
    for group in GROUPS:
        group.register(commands)
    given = parser.parse_args(argv)
    end_with_supervisor()
    try:
        with contextlib.ExitStack() as given.until_end:
            return int(given.perform(given))
    except StudioError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left
        return 0


if __name__ == "__main__":
    sys.exit(main())
