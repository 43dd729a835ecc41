"""Every kind of job, imported so that a worker knows them."""

from studio import sample
from studio.advice.measuring import job as signals_job
from studio.advice.piloting import job as pilot_job
from studio.comparison import job as comparison_job
from studio.comparison import judging
from studio.comparison.promoting import job as promotion_job
from studio.library.answering import summarising
from studio.library.embedding import reembedding
from studio.library.intake import ingest
from studio.library.quality import trying
from studio.training_sets import drafts, imports
from studio.training_sets.building import drafting, probing, raft
from studio.training_sets.versions import examining
from studio.tuning import supervise
from studio.tuning.exporting import job as export_job
from studio.tuning.forgetting import job as forgetting_job

__all__ = [
    "comparison_job",
    "drafting",
    "drafts",
    "examining",
    "export_job",
    "forgetting_job",
    "imports",
    "ingest",
    "judging",
    "pilot_job",
    "probing",
    "promotion_job",
    "raft",
    "reembedding",
    "sample",
    "signals_job",
    "summarising",
    "supervise",
    "trying",
]
