"""Public tables go the way of the page: received, read by the job, saved as a version where they can be."""

import pytest

from studio.errors import BadInput
from studio.training_sets import imports
from studio.training_sets.imports import ImportView, saving_job
from studio.training_sets.imports.reading_job import read_table_job, reading_failed
from studio.training_sets.reading import open_table
from studio.training_sets.shapes.guessing import guess_mapping
from studio.training_sets.versions import get_version

pytestmark = [pytest.mark.postgres, pytest.mark.realdata]
NO_TABLES = ("SOURCE.txt", "MANIFEST.tsv")
FOLDERS = (
    "csv_banking77", "csv_bitext_support", "csv_covid_faq", "csv_qnamaker", "csv_madewithml",
    "instruct_human", "medquad", "csv_malformed",
)  # fmt: skip


@pytest.fixture(params=FOLDERS)
def files(request, realdata):
    found = sorted((realdata / request.param).iterdir())
    return [path for path in found if path.is_file() and path.name not in NO_TABLES]


def wanted(path) -> str:
    """The state that the import of a file should come to."""
    try:
        table = open_table(path, path.name)
    except BadInput:
        return "failed"
    try:
        guess_mapping(table)
    except BadInput:
        return "unclear"
    return "ready"


def brought_in(room, path) -> ImportView:
    taken = imports.receive(room, path, path.name)
    try:
        read_table_job(room, import_id=taken)
    except BadInput as problem:  # as the worker does
        reading_failed(room, str(problem), import_id=taken)
    return imports.get(room, taken)


def test_every_file_comes_to_where_its_page_can_go_on(room, files):
    for path in files:
        view = brought_in(room, path)
        assert view.state == wanted(path), (path.name, view.error)
        assert view.state == "ready" or view.error, path.name
        if view.state == "ready" and view.report["verdict"] != "unusable":
            imports.save(room, view.id, path.name)
            saving_job.save_import_job(room, import_id=view.id)
            version = get_version(room, imports.get(room, view.id).version_id)
            assert version.examples == view.report["kept"], path.name
