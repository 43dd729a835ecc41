"""The job "export": lays out the folder, starts the process that builds, follows it, records how it ended.

Safe to repeat: a living process is found again, and one that has ended meanwhile has left its result.
"""

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from studio.engine.prompts import asked
from studio.jobs.queue import task
from studio.models.adapter_files import adapter_folder
from studio.models.adapters import adapter_of_run
from studio.models.bundled import CHAT_MODEL
from studio.models.catalogue import ModelFolder
from studio.models.licences import licence_of
from studio.store.database import Workspace
from studio.store.tables import Export
from studio.training_sets.versions import Split, examples
from studio.tuning import process
from studio.tuning.attempt import patiently
from studio.tuning.endings import last_words
from studio.tuning.exporting.card import CardFacts, write_card
from studio.tuning.exporting.originals import original_of
from studio.tuning.exporting.plan import CONTENT, ExportPlan, known_format, told, write_plan
from studio.tuning.exporting.serving import safe_name
from studio.tuning.lineage import scores_of
from studio.tuning.listing import RunView, get_run
from studio.tuning.plan import LOG, RESULT, read_result
from studio.tuning.process import MARK, ProcessMark
from studio.tuning.supervise import LEARNED, ready_model

BUILD = "studio.tuning.exporting.build"
CANDIDATES = 20
SPLITS: tuple[Split, ...] = ("held_out", "train")
GENERAL = (
    "What can you help me with?",
    "Say in one sentence what you know best.",
    "Name three things that matter in your work.",
    "What should I do first when something goes wrong?",
    "Explain it to somebody who is new.",
    "What is the most common mistake?",
    "How long does it take?",
    "What do I need before I begin?",
    "Who should I ask when I am not sure?",
    "Sum up the most important rule.",
)


def note_failure(room: Workspace, sentence: str, *, export_id: int) -> None:
    """The job itself broke: the export's row says so, unless it has ended otherwise."""
    _write(room, export_id, state="failed", error=sentence, finished_at=sa.func.now())


@task("export", lane="compute", failed=note_failure)
def export_job(room: Workspace, *, export_id: int) -> None:
    """Bring an export to its end."""
    row = patiently(lambda: _take(room, export_id))
    if row is None:
        return
    folder = folder_of(room, export_id)
    folder.mkdir(parents=True, exist_ok=True)
    mark = process.find(folder)
    if mark is None and read_result(folder) is None:
        prepare(room, row, folder)
        mark = process.start(folder, BUILD)
    ended_by = follow(room, export_id, mark)
    patiently(lambda: finish(room, export_id, mark, ended_by))


def prepare(room: Workspace, row: Export, folder: Path) -> None:
    """Write down what to build, and forget what an earlier attempt left."""
    shutil.rmtree(folder)
    folder.mkdir()
    run, adapter = get_run(room, row.run_id), adapter_of_run(room, row.run_id)
    base, name = ready_model(room, run.base_model), safe_name(run.name, f"run-{run.id}")
    form = known_format(row.format)
    elsewhere = f"./{base.id}" if base.id == CHAT_MODEL else base.id
    original = original_of(base)
    facts = CardFacts(
        form, name, elsewhere, licence_of(base.id, base.path), scores_of(room, run.id, with_base=True)
    )
    plan = ExportPlan(
        format=form,
        name=name,
        base_model=run.base_model,
        base_folder=str(base.path),
        adapter_folder=str(adapter_folder(room.settings.data, adapter.id)),
        original_gguf=str(original) if original else None,
        prompts=conversations(room, run),
        card=write_card(run, facts),
        system=adapter.lineage.get("system", ""),
    )
    write_plan(folder, plan)


def conversations(room: Workspace, run: RunView) -> list[list[dict[str, str]]]:
    """What the check may ask: held-out questions first, then some trained ones, then some about anything."""
    rows = [row for split in SPLITS for row in examples(room, run.version_id, split, CANDIDATES)]
    own = [asked({name: getattr(row, name) for name in LEARNED}) for row in rows]
    return [messages for messages in own if messages] + [
        [{"role": "user", "content": question}] for question in GENERAL
    ]


def for_loaders(base: ModelFolder) -> str:
    """What vLLM on this host is given for the base: the bundled one has no name on the hub."""
    return str(base.path) if base.id == CHAT_MODEL else base.id


def follow(room: Workspace, export_id: int, mark: ProcessMark | None) -> str | None:
    """Pass on how far it is until the process has ended. Returns what ended it, if we did."""
    folder, wished = folder_of(room, export_id), False

    def tell_and_ask() -> None:
        nonlocal wished
        if mark and patiently(lambda: _write(room, export_id, **told(folder))):
            process.kill(mark)
            wished = True

    stood_still = process.follow(mark, tell_and_ask)
    return "wish" if wished else "stillness" if stood_still else None


def finish(room: Workspace, export_id: int, mark: ProcessMark | None, ended_by: str | None) -> None:
    """Record how it ended; of one that did not succeed only the log is kept."""
    folder = folder_of(room, export_id)
    result = read_result(folder)
    if result is None:
        code = process.exit_code(mark) if mark else None
        result = {"state": "stopped", "error": None} if ended_by == "wish" else _died(folder, code, ended_by)
    for name in (RESULT, MARK):  # so that a later attempt does not take them for its own
        (folder / name).unlink(missing_ok=True)
    if result["state"] != "succeeded":
        shutil.rmtree(folder / CONTENT, ignore_errors=True)
    shutil.rmtree(folder / f"{CONTENT}.part", ignore_errors=True)
    _write(
        room,
        export_id,
        state=result["state"],
        error=result["error"],
        checked=result.get("checked", {}),
        size=result.get("size"),
        finished_at=sa.func.now(),
    )


def folder_of(room: Workspace, export_id: int) -> Path:
    """Where an export is built and kept."""
    return room.settings.data / "exports" / str(export_id)


def _died(folder: Path, code: int | None, ended_by: str | None) -> dict[str, Any]:
    if ended_by == "stillness":
        why = f"did nothing for {process.STILL_SECONDS:.0f} seconds and was ended"
    elif code is not None and code < 0:
        why = f"was ended by signal {-code}; a system out of memory does that too"
    elif code is not None and (folder / LOG).exists():
        why = f"broke: {last_words(folder)}"
    else:
        why = "is gone without a result"
    return {"state": "failed", "error": f"The process that built this export {why}. Try it again."}


def _take(room: Workspace, export_id: int) -> Export | None:
    """The export's row, running now; None when it has ended or is gone."""
    mine = (Export.workspace_id == room.id, Export.id == export_id)
    with room.session() as session:
        row = session.scalar(sa.select(Export).where(*mine).with_for_update())
        if row is None or row.state not in ("queued", "running"):
            return None
        row.state = "running"
        return row


def _write(room: Workspace, export_id: int, **values: Any) -> bool:
    """Change the row of an export that is being built. Returns whether a stop is wished."""
    change = sa.update(Export).where(
        Export.workspace_id == room.id, Export.id == export_id, Export.state.in_(("queued", "running"))
    )
    with room.session() as session:
        wished = session.scalar(
            change.values(**values).returning(Export.stop_requested)
            if values
            else sa.select(Export.stop_requested).where(
                Export.workspace_id == room.id, Export.id == export_id
            )
        )
        return bool(wished)
