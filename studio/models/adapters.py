"""The register of adapters: what a workspace's runs have produced, with lineage.

Called by training when a run succeeds, and by pages and commands.
"""

import hashlib
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from studio.errors import NotFound
from studio.models.adapter_files import adapter_folder, check_adapter
from studio.models.bundled import CHAT_MODEL
from studio.models.folders import MANIFEST, what_is_wrong, write_manifest
from studio.models.promotions import in_use, withdraw
from studio.store import tables
from studio.store.database import Workspace


@dataclass(frozen=True)
class AdapterView:
    """What people see of an adapter; `lineage` says what it was trained on.

    Retired: offered nowhere. In use: offered first, for its base model.
    """

    id: int
    run_id: int
    name: str
    base_model: str
    method: str
    lineage: dict[str, Any]
    created: datetime
    retired: bool = False
    in_use: bool = False

    @property
    def title(self) -> str:
        """Its name in lists."""
        return f"{self.name} (in use)" if self.in_use else self.name


@dataclass(frozen=True)
class NewAdapter:
    """The finished folder of a run and what to call it."""

    run_id: int
    name: str
    base_model: str
    method: str
    lineage: dict[str, Any]


def register_adapter(room: Workspace, folder: Path, new: NewAdapter) -> int:
    """Copy a run's finished adapter into the register and return its id; calling it again changes nothing."""
    if not (folder / MANIFEST).is_file():
        write_manifest(folder)
    check_adapter(folder, new.base_model)
    digest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    with room.session() as session:
        known = session.scalar(_of(room).where(tables.Adapter.run_id == new.run_id))
        row = known or tables.Adapter(
            workspace_id=room.id,
            run_id=new.run_id,
            name=new.name,
            base_model=new.base_model,
            method=new.method,
            manifest_sha256=digest,
            lineage=new.lineage,
        )
        session.add(row)
        session.flush()
        # inside the transaction: an adapter that can be seen always has its files
        _copy(folder, adapter_folder(room.settings.data, row.id))
        return int(row.id)


def list_adapters(room: Workspace) -> list[AdapterView]:
    """First those in use, the served base's before others', then the newest; without the retired ones."""
    offered = _of(room).where(tables.Adapter.retired_at.is_(None))
    used_for = sorted(in_use(room).items(), key=lambda one: one[0] != served_base(room))
    used = [adapter_id for _, adapter_id in used_for]
    with room.session() as session:
        rows = session.scalars(offered.order_by(tables.Adapter.id.desc())).all()
    views = [replace(_view(row), in_use=row.id in used) for row in rows]
    return sorted(views, key=lambda one: used.index(one.id) if one.in_use else len(used))


def served_base(room: Workspace) -> str:
    """The base model that answers in chat."""
    return room.settings.chat_model or CHAT_MODEL


def retire_adapter(room: Workspace, adapter_id: int) -> None:
    """Offer it no longer in chat and comparisons; nothing is deleted, exports and lineage stay.

    Where it was in use, the one that was in use before follows.
    """
    _set_retired(room, adapter_id, sa.func.now())


def restore_adapter(room: Workspace, adapter_id: int) -> None:
    """Offer a retired adapter again."""
    _set_retired(room, adapter_id, None)


def get_adapter(room: Workspace, adapter_id: int) -> AdapterView:
    """One adapter of this workspace; raises NotFound for another's."""
    with room.session() as session:
        row = session.scalar(_of(room).where(tables.Adapter.id == adapter_id))
        if row is None:
            raise NotFound(f"There is no adapter {adapter_id} in workspace {room.name}.")
        return _view(row)


def adapter_of_run(room: Workspace, run_id: int) -> AdapterView:
    """What a run produced; raises NotFound when it has not succeeded."""
    with room.session() as session:
        row = session.scalar(_of(room).where(tables.Adapter.run_id == run_id))
        if row is None:
            raise NotFound(f"Run {run_id} of workspace {room.name} has no adapter: it has not succeeded.")
        return _view(row)


def system_messages(room: Workspace, adapter_id: int | None) -> list[dict[str, str]]:
    """What is said before every question to an adapter: the system message that all its examples had."""
    said = get_adapter(room, adapter_id).lineage.get("system") if adapter_id is not None else None
    return [{"role": "system", "content": str(said)}] if said else []


def _set_retired(room: Workspace, adapter_id: int, moment: Any) -> None:
    get_adapter(room, adapter_id)
    mine = (tables.Adapter.workspace_id == room.id, tables.Adapter.id == adapter_id)
    with room.session() as session:
        session.execute(sa.update(tables.Adapter).where(*mine).values(retired_at=moment))
        if moment is not None:
            withdraw(session, room, adapter_id)


def _of(room: Workspace) -> sa.Select[tables.Adapter]:
    return sa.select(tables.Adapter).where(tables.Adapter.workspace_id == room.id)


def _view(row: tables.Adapter) -> AdapterView:
    return AdapterView(
        id=row.id,
        run_id=row.run_id,
        name=row.name,
        base_model=row.base_model,
        method=row.method,
        lineage=row.lineage,
        created=row.created_at,
        retired=row.retired_at is not None,
    )


def _copy(source: Path, target: Path) -> None:
    if what_is_wrong(target) is None:
        return
    draft = target.with_name(f".{target.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
