"""What is wrong with a would-be training set, how much of it, and what can be done about it."""

from studio.training_sets.quality.examine import Checking, examine
from studio.training_sets.quality.marks import Marks
from studio.training_sets.quality.report import Finding, QualityReport, check, nothing_to_learn, report

__all__ = ["Checking", "Finding", "Marks", "QualityReport", "check", "examine", "nothing_to_learn", "report"]
