"""Clean rows about a workshop, and the plan that rows are put on. Used by faults and rows."""

import random
from dataclasses import dataclass, field

from bench.planted import texts

ASKED = (
    "How do I replace the {part} of the {machine} in the {place}?",
    "Why does the {machine} {fault2} near the {part}?",
    "What is the {part} of the {machine} made of?",
    "Who checks the {part} on the {machine} in the {place}?",
    "Where do I find a spare {part} for {machine} number {number}?",
    "The {part} of our {machine} {fault}, what now?",
    "Is it safe to run the {machine} without a {part}?",
    "How often must the {machine} get a new {part}?",
    "Can a {part} from the {place} be used in the {machine}?",
    "What torque does the {part} of {machine} {number} need?",
)
ANSWERED = (
    "Switch the {machine} off, drain it and lift the {part} out; the new one is {material}.",
    "The {part} wears first. Order number {number} from the {place} and fit it {habit}.",
    "A {material} {part} is the usual choice; tighten it to {number} newton metres.",
    "Ask the {place}: they keep a list of every {machine} and inspect each {part} {habit}.",
    "It {fault} when the {part} is dry. Grease it {habit} with {material} paste.",
    "Yes, as long as the {machine} stays below {number} revolutions and the {part} is {material}.",
    "No. Without the {part} the {machine} {fault} within {number} minutes.",
    "There are {number} in the {place}; the {material} ones fit the {machine} best.",
)
Row = tuple[str, str]


@dataclass
class Plan:
    chance: random.Random
    rows: list[tuple[Row, str]] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def clean(self) -> Row:
        """A row nobody has seen: no question is asked twice."""
        while True:
            facts = self._facts()
            question = self.chance.choice(ASKED).format(**facts)
            if question not in self.used:
                self.used.add(question)
                answer = " ".join(
                    a.format(**facts) for a in self.chance.sample(ANSWERED, self.chance.choice((1, 2, 2)))
                )
                return question, answer

    def _facts(self) -> dict[str, str]:
        pick = self.chance.choice
        fault = pick(texts.FAULTS)
        return {
            "part": pick(texts.PARTS),
            "machine": pick(texts.MACHINES),
            "place": pick(texts.PLACES),
            "habit": pick(texts.HABITS),
            "fault": fault,
            "fault2": fault.removesuffix("s"),
            "material": pick(texts.MATERIALS),
            "number": str(self.chance.randint(2, 900)),
        }

    def put(self, row: Row, kind: str = "") -> None:
        self.rows.append((row, kind))
