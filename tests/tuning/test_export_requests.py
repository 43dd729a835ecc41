"""Exports in the database: asked for, built once in a process of their own, stopped, taken away."""

import json
import threading
import time
from pathlib import Path

import pytest

from studio.__main__ import main
from studio.errors import BadInput, NotFound
from studio.models.adapters import (
    NewAdapter,
    list_adapters,
    register_adapter,
    restore_adapter,
    retire_adapter,
)
from studio.models.bundled import CHAT_MODEL
from studio.models.folders import what_is_wrong, write_manifest
from studio.store import tables
from studio.store.database import Database, Workspace
from studio.training_sets.examples import Candidate
from studio.training_sets.versions import save_rows
from studio.tuning.exporting import exports
from studio.tuning.exporting.job import export_job, folder_of
from studio.tuning.exporting.plan import CONTENT

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture
def run_id(room: Workspace, tiny: str, tiny_base: Path, tmp_path: Path) -> int:
    """A run of the made-up model that has succeeded, with its adapter in the register."""
    run = add_run(room, tiny)
    register_adapter(
        room, write_adapter(tiny_base, tmp_path / "adapter"), NewAdapter(run, "P", tiny, "lora", {})
    )
    return run


def add_run(room: Workspace, base: str) -> int:
    rows = [Candidate(n, f"Press {n}?", f"{7 * n} kg") for n in range(20)]
    row = tables.Run(
        workspace_id=room.id,
        name="Press expert!",
        version_id=save_rows(room, "presses", rows),
        base_model=base,
        method="lora",
        settings={"rank": 12},
        state="succeeded",
    )
    with room.session() as session:
        session.add(row)
        session.flush()
        return row.id


def write_adapter(base: Path, folder: Path) -> Path:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    config = LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    adapted = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    adapted.peft_config["default"].base_model_name_or_path = base.name
    adapted.save_pretrained(folder, save_embedding_layers=False)
    return folder


def pretend_built(room: Workspace, export_id: int) -> Path:
    """As the job leaves an export that was built and checked."""
    files = folder_of(room, export_id) / CONTENT
    files.mkdir(parents=True)
    (files / "README.md").write_text("# Press expert\n")
    write_manifest(files)
    with room.session() as session:
        row = session.get_one(tables.Export, export_id)
        row.state, row.size = "succeeded", 15
    return files


def test_an_export_is_built_by_a_process_of_its_own_and_only_once(room: Workspace, run_id: int) -> None:
    export_id = exports.request_export(room, run_id, "adapter")
    assert exports.request_export(room, run_id, "adapter") == export_id
    export_job(room, export_id=export_id)

    export = exports.get_export(room, export_id)
    assert (export.state, export.error) == ("succeeded", None)
    assert export.verdict is not None and export.verdict.bit_equal
    name, files = exports.content(room, export_id)
    assert name == "press-expert-adapter" and what_is_wrong(files) is None
    assert {"adapter_config.json", "adapter_model.safetensors", "tokenizer.json"} <= {
        p.name for p in files.iterdir()
    }
    card = (files / "README.md").read_text()
    assert "--max-lora-rank 16 --lora-modules press-expert=./press-expert-adapter" in card
    assert "10 of 10 answers equal, every number to the bit" in card

    assert exports.request_export(room, run_id, "adapter") == export_id
    assert exports.get_export(room, export_id).ready


def test_a_stopped_export_ends_at_once_and_keeps_nothing(room: Workspace, run_id: int) -> None:
    export_id = exports.request_export(room, run_id, "merged")
    job = threading.Thread(target=export_job, args=(room,), kwargs={"export_id": export_id})
    job.start()
    while not (folder_of(room, export_id) / "process.json").exists():
        time.sleep(0.02)
    exports.stop_export(room, export_id)
    job.join(30)
    assert exports.get_export(room, export_id).state == "stopped"
    assert not (folder_of(room, export_id) / CONTENT).exists()


def test_an_export_whose_files_are_gone_is_built_again(room: Workspace, run_id: int) -> None:
    export_id = exports.request_export(room, run_id, "merged")
    (pretend_built(room, export_id) / "README.md").unlink()
    with pytest.raises(NotFound, match="export it again"):
        exports.content(room, export_id)
    assert exports.request_export(room, run_id, "merged") == export_id
    assert exports.get_export(room, export_id).state == "queued"


def test_gguf_of_another_base_is_refused_with_the_way_to_get_it(room: Workspace, run_id: int) -> None:
    with pytest.raises(BadInput, match=r"llama.cpp's converter"):
        exports.request_export(room, run_id, "gguf")
    assert exports.list_exports(room, run_id) == []


def test_a_removed_export_frees_its_place(room: Workspace, run_id: int) -> None:
    export_id = exports.request_export(room, run_id, "merged")
    with pytest.raises(BadInput, match="stop it first"):
        exports.remove_export(room, export_id)
    pretend_built(room, export_id)
    exports.remove_export(room, export_id)
    assert not folder_of(room, export_id).exists()
    assert exports.list_exports(room, run_id) == []


def test_another_workspace_sees_no_export(room: Workspace, run_id: int, database: Database) -> None:
    export_id = exports.request_export(room, run_id, "merged")
    pretend_built(room, export_id)
    with pytest.raises(NotFound):
        exports.content(database.workspace("next door"), export_id)


def test_the_bundled_base_is_named_by_its_folder_since_the_hub_has_another_edition(room: Workspace) -> None:
    command = exports.run_commands(room, add_run(room, CHAT_MODEL), "adapter")
    assert command.startswith("vllm serve /") and CHAT_MODEL in command


def test_a_retired_adapter_is_offered_nowhere_until_it_is_restored(room: Workspace, run_id: int) -> None:
    (adapter,) = list_adapters(room)
    retire_adapter(room, adapter.id)
    assert list_adapters(room) == []
    restore_adapter(room, adapter.id)
    assert [one.id for one in list_adapters(room)] == [adapter.id]


def test_the_command_copies_a_finished_export(
    room: Workspace, run_id: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend_built(room, exports.request_export(room, run_id, "merged"))
    where = ["--data", str(room.settings.data), "--workspace", room.name, "--json"]
    asked = ["runs", "export", str(run_id), "--format", "merged", "--to", str(tmp_path), *where]
    assert main(asked) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["format"], printed["state"], printed["bytes"]) == ("merged", "succeeded", 15)
    assert (Path(printed["path"]) / "README.md").read_text() == "# Press expert\n"
    assert main(asked) == 1 and "exists already" in capsys.readouterr().err
