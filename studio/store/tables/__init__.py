"""Every table of the studio. Each row belongs to a workspace; migrations/ creates what stands here.

Composite foreign keys (workspace_id, id) make it impossible for a row to point into another workspace.
"""

from studio.store.tables.comparison import (
    WORK_STATES,
    Comparison,
    ComparisonAnswer,
    Decision,
    Question,
    QuestionSet,
)
from studio.store.tables.conversation import Citation, Conversation, Message, Rating
from studio.store.tables.library import (
    DOCUMENT_STATES,
    PASSAGE_KINDS,
    TERM_DIMENSIONS,
    Document,
    Library,
    Passage,
    TermCount,
    TermPassages,
    TestQuestion,
)
from studio.store.tables.table import Table
from studio.store.tables.tuning import (
    RUN_STATES,
    Adapter,
    Example,
    Run,
    RunMetric,
    TrainingSet,
    TrainingSetVersion,
)
from studio.store.tables.workspaces import Blob, Workspace

__all__ = [
    "DOCUMENT_STATES",
    "PASSAGE_KINDS",
    "RUN_STATES",
    "TERM_DIMENSIONS",
    "WORK_STATES",
    "Adapter",
    "Blob",
    "Citation",
    "Comparison",
    "ComparisonAnswer",
    "Conversation",
    "Decision",
    "Document",
    "Example",
    "Library",
    "Message",
    "Passage",
    "Question",
    "QuestionSet",
    "Rating",
    "Run",
    "RunMetric",
    "Table",
    "TermCount",
    "TermPassages",
    "TestQuestion",
    "TrainingSet",
    "TrainingSetVersion",
    "Workspace",
]
