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
from studio.store.tables.exports import EXPORT_FORMATS, Export
from studio.store.tables.library import (
    DOCUMENT_STATES,
    PASSAGE_KINDS,
    TERM_DIMENSIONS,
    Document,
    Library,
    OpenedLibrary,
    Passage,
    RefusedFile,
    TermCount,
    TermPassages,
    TestQuestion,
)
from studio.store.tables.measurements import SignalMeasurement
from studio.store.tables.pilots import Pilot
from studio.store.tables.promotions import Promotion, PromotionCheck
from studio.store.tables.table import Table
from studio.store.tables.training_sets import (
    IMPORT_STATES,
    ORIGINS,
    SUGGESTION_STATES,
    Draft,
    DraftEdit,
    Drafting,
    Example,
    Suggestion,
    TableImport,
    TrainingSet,
    TrainingSetVersion,
)
from studio.store.tables.tuning import RUN_STATES, AbilityCheck, Adapter, Run, RunAnswer, RunMetric
from studio.store.tables.workspaces import Blob, Workspace

__all__ = [
    "DOCUMENT_STATES",
    "EXPORT_FORMATS",
    "IMPORT_STATES",
    "ORIGINS",
    "PASSAGE_KINDS",
    "RUN_STATES",
    "SUGGESTION_STATES",
    "TERM_DIMENSIONS",
    "WORK_STATES",
    "AbilityCheck",
    "Adapter",
    "Blob",
    "Citation",
    "Comparison",
    "ComparisonAnswer",
    "Conversation",
    "Decision",
    "Document",
    "Draft",
    "DraftEdit",
    "Drafting",
    "Example",
    "Export",
    "Library",
    "Message",
    "OpenedLibrary",
    "Passage",
    "Pilot",
    "Promotion",
    "PromotionCheck",
    "Question",
    "QuestionSet",
    "Rating",
    "RefusedFile",
    "Run",
    "RunAnswer",
    "RunMetric",
    "SignalMeasurement",
    "Suggestion",
    "Table",
    "TableImport",
    "TermCount",
    "TermPassages",
    "TestQuestion",
    "TrainingSet",
    "TrainingSetVersion",
    "Workspace",
]
