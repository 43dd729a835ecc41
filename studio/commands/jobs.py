"""Every kind of job, imported so that a worker knows them."""

from studio import sample
from studio.comparison import job as comparison_job
from studio.library import ingest, reembedding, summarising
from studio.tuning import supervise

__all__ = ["comparison_job", "ingest", "reembedding", "sample", "summarising", "supervise"]
