"""Training sets beyond one upload: imports, drafts, suggestions, and conversations as examples."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"

HERE = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"
ORIGIN_IS_KNOWN = "origin IN ('table', 'written', 'drafted', 'raft', 'conversation')"
NEW = ("suggestions", "draftings", "draft_edits", "drafts", "table_imports")


def upgrade() -> None:
    extend_versions()
    extend_examples()
    create_table_imports()
    create_drafts()
    create_draftings()
    create_suggestions()
    for table in NEW:
        build_wall(table)


def extend_versions() -> None:
    table = "training_set_versions"
    op.add_column(table, sa.Column("parent_id", sa.BigInteger()))
    for name in ("changes", "split", "marks", "probes"):
        op.add_column(table, _json(name, "{}"))
    op.create_foreign_key(
        op.f("training_set_versions_workspace_id_parent_id_fkey"),
        table,
        table,
        ["workspace_id", "parent_id"],
        ["workspace_id", "id"],
        ondelete="SET NULL (parent_id)",
    )


def extend_examples() -> None:
    for name, empty in (("history", "[]"), ("context", "[]"), ("source", "{}")):
        op.add_column("examples", _json(name, empty))
    op.add_column("examples", _text("origin", "table"))
    op.add_column("examples", sa.Column("reviewed", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_check_constraint(op.f("examples_origin_check"), "examples", ORIGIN_IS_KNOWN)


def create_table_imports() -> None:
    states = "'waiting', 'reading', 'ready', 'stopped', 'failed', 'saving', 'saved'"
    _create(
        "table_imports",
        _text("source_name"),
        _text("source_sha256"),
        _json("reading", "{}"),
        _json("mapping", "{}"),
        _json("remedies", "[]"),
        _json("saving", "{}"),
        _text("state", "waiting"),
        _stop_requested(),
        _count("rows_done", sa.BigInteger()),
        _count("progress", sa.Float()),
        sa.Column("seconds_left", sa.Float()),
        _json("report", "{}"),
        _json("marks", "{}"),
        sa.Column("error", sa.Text()),
        sa.Column("job_id", sa.BigInteger()),
        sa.Column("version_id", sa.BigInteger()),
        _within("table_imports", "version_id", "training_set_versions", "SET NULL (version_id)"),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("table_imports_state_check")),
    )


def create_drafts() -> None:
    _create(
        "drafts",
        sa.Column("training_set_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        _text("author", "local"),
        sa.UniqueConstraint("training_set_id", name=op.f("drafts_training_set_id_key")),
        _within("drafts", "training_set_id", "training_sets", "CASCADE"),
        _within("drafts", "version_id", "training_set_versions", "CASCADE"),
    )
    op.create_table(
        "draft_edits",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("label"),
        sa.Column("content", JSONB()),
        _of_workspace("draft_edits"),
        _within("draft_edits", "draft_id", "drafts", "CASCADE"),
        sa.PrimaryKeyConstraint("draft_id", "step", "position", name=op.f("draft_edits_pkey")),
    )


def create_draftings() -> None:
    states = "'queued', 'running', 'stopped', 'failed', 'succeeded'"
    _create(
        "draftings",
        sa.Column("library_id", sa.BigInteger()),
        _text("model", ""),
        _json("settings", "{}"),
        _text("state", "queued"),
        _stop_requested(),
        _count("wanted", sa.Integer()),
        _count("done", sa.Integer()),
        sa.Column("seconds_left", sa.Float()),
        sa.Column("error", sa.Text()),
        sa.Column("job_id", sa.BigInteger()),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        _within("draftings", "library_id", "libraries", "SET NULL (library_id)"),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("draftings_state_check")),
    )


def create_suggestions() -> None:
    states = "'waiting', 'accepted', 'edited', 'rejected'"
    _create(
        "suggestions",
        sa.Column("drafting_id", sa.BigInteger()),
        sa.Column("training_set_id", sa.BigInteger()),
        _text("origin"),
        _text("prompt"),
        _text("completion"),
        _json("drafted", "{}"),
        _json("source", "{}"),
        _json("doubts", "[]"),
        _text("state", "waiting"),
        sa.Column("reviewed_by", sa.Text()),
        sa.Column("reviewed_at", sa.DateTime(timezone=True)),
        _within("suggestions", "drafting_id", "draftings", "SET NULL (drafting_id)"),
        _within("suggestions", "training_set_id", "training_sets", "SET NULL (training_set_id)"),
        sa.CheckConstraint(ORIGIN_IS_KNOWN, name=op.f("suggestions_origin_check")),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("suggestions_state_check")),
    )


def _create(table: str, *parts: sa.schema.SchemaItem) -> None:
    """A table whose rows have an id of their own and belong to a workspace."""
    op.create_table(
        table,
        *parts,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _of_workspace(table),
        sa.PrimaryKeyConstraint("id", name=op.f(f"{table}_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f(f"{table}_workspace_id_id_key")),
    )


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _json(name: str, empty: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), server_default=sa.text(f"'{empty}'"), nullable=False)


def _count(name: str, kind: sa.types.TypeEngine[float]) -> sa.Column[float]:
    return sa.Column(name, kind, server_default="0", nullable=False)


def _stop_requested() -> sa.Column[bool]:
    return sa.Column("stop_requested", sa.Boolean(), server_default=sa.false(), nullable=False)


def _of_workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id"], ["workspaces.id"], name=op.f(f"{table}_workspace_id_fkey"), ondelete="CASCADE"
    )


def _within(table: str, column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{other}.workspace_id", f"{other}.id"],
        name=op.f(f"{table}_workspace_id_{column}_fkey"),
        ondelete=ondelete,
    )


def build_wall(table: str) -> None:
    """Rows are seen and written only in a transaction that names their workspace."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO studio_runtime")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)
    op.drop_constraint(op.f("examples_origin_check"), "examples")
    for name in ("source", "context", "history", "reviewed", "origin"):
        op.drop_column("examples", name)
    op.drop_constraint(op.f("training_set_versions_workspace_id_parent_id_fkey"), "training_set_versions")
    for name in ("parent_id", "changes", "split", "marks", "probes"):
        op.drop_column("training_set_versions", name)
