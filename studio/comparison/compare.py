"""What pages and commands use of the comparison, in one place."""

from studio.approaches import APPROACHES, Means, possible
from studio.comparison.report import ComparisonReport
from studio.comparison.requests import ComparisonRequest, create_comparison
from studio.comparison.results import (
    ComparisonView,
    get_comparison,
    list_comparisons,
    report,
    stop_comparison,
)

__all__ = [
    "APPROACHES",
    "ComparisonReport",
    "ComparisonRequest",
    "ComparisonView",
    "Means",
    "create_comparison",
    "get_comparison",
    "list_comparisons",
    "possible",
    "report",
    "stop_comparison",
]
