"""What stands at the end of a long answer in a table of questions is found by its question."""

from pathlib import Path

import pytest

from studio.library.answering.grounds import find_grounds
from studio.library.libraries import LibraryView
from studio.store.database import Workspace
from tests.library.samples import add, write_text

pytestmark = [pytest.mark.postgres, pytest.mark.model]

MACHINES = [
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elm",
    "Fir",
    "Gorse",
    "Hazel",
    "Ivy",
    "Juniper",
    "Larch",
    "Maple",
]
STEPS = (
    "Put on the gloves that hang beside the door before you touch the machine. "
    "Shut the blue tap below the tank and wait until no more water runs into the tray. "
    "Lift the lid with both hands and lay it on the bench with its inner side upwards. "
    "Brush the sieve under warm water and look through it against the light for holes. "
    "Wipe the seal with the soft cloth, never with anything that could scratch the rubber. "
    "Set the sieve back, close the lid and turn all four screws until they no longer move. "
    "Open the tap slowly and listen for the pump, which may knock for a minute or two. "
)


def test_the_end_of_a_long_answer_is_found_by_its_question(
    room: Workspace, library: LibraryView, tmp_path: Path
) -> None:
    minutes = {machine: 11 + 3 * n for n, machine in enumerate(MACHINES)}
    rows = (
        f'How do I clean the {m} machine?,"{STEPS}At last let it run {n} minutes.",Laundry\n'
        for m, n in minutes.items()
    )
    add(room, library, write_text(tmp_path / "faq.csv", f"Question,Answer,Team\n{''.join(rows)}"))
    asked = [f"How many minutes must the {machine} machine run after cleaning?" for machine in MACHINES]
    read = [" ".join(hit.text for hit in one.hits) for one in find_grounds(room, library.id, asked)]
    found = [f"run {n} minutes" in text for n, text in zip(minutes.values(), read, strict=True)]
    assert sum(found) >= len(MACHINES) - 1
