"""All tables of the first version, each behind row-level security."""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC, SPARSEVEC
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

WALLED = (
    "blobs",
    "libraries",
    "documents",
    "passages",
    "term_counts",
    "training_sets",
    "training_set_versions",
    "examples",
    "runs",
    "run_metrics",
    "adapters",
    "question_sets",
    "questions",
    "comparisons",
    "comparison_answers",
    "decisions",
    "conversations",
    "messages",
    "citations",
    "ratings",
)


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    create_tables()
    # vectors out of line made exact scans four times slower
    op.execute("ALTER TABLE passages ALTER COLUMN embedding SET STORAGE PLAIN")
    create_runtime_role()
    for table in WALLED:
        build_wall(table)


def create_runtime_role() -> None:
    """The role every process works under: it owns nothing and cannot bypass a policy."""
    op.execute(
        """
        DO $$ BEGIN
            CREATE ROLE studio_runtime NOLOGIN NOSUPERUSER NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object THEN NULL;
        END $$
        """
    )
    op.execute("GRANT studio_runtime TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO studio_runtime")
    op.execute("GRANT SELECT, INSERT ON workspaces TO studio_runtime")
    op.execute("GRANT SELECT ON alembic_version TO studio_runtime")
    op.execute("ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE workspaces FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY name_is_known ON workspaces FOR SELECT USING (true)")
    op.execute("CREATE POLICY may_be_made ON workspaces FOR INSERT WITH CHECK (true)")


def build_wall(table: str) -> None:
    """Rows are seen and written only in a transaction that names their workspace."""
    here = "workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint"
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO studio_runtime")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY same_workspace ON {table} USING ({here}) WITH CHECK ({here})")


def downgrade() -> None:
    for table in reversed(("workspaces", *WALLED)):
        op.execute(f"DROP TABLE {table} CASCADE")


def create_tables() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("workspaces_pkey")),
        sa.UniqueConstraint("name", name=op.f("workspaces_name_key")),
    )
    op.create_table(
        "blobs",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("blobs_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "sha256", name=op.f("blobs_pkey")),
    )
    op.create_table(
        "libraries",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("embedding_model", sa.Text(), nullable=False),
        sa.Column("embedding_revision", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), server_default="english", nullable=False),
        sa.Column("dense_weight", sa.Float(), server_default="0.4", nullable=False),
        sa.Column("answer_threshold", sa.Float(), server_default="0.25", nullable=False),
        sa.Column("passage_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("mean_terms", sa.Float(), server_default="0", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("libraries_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("libraries_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("libraries_workspace_id_id_key")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("libraries_workspace_id_name_key")),
    )
    op.create_table(
        "question_sets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("question_sets_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("question_sets_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("question_sets_workspace_id_id_key")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("question_sets_workspace_id_name_key")),
    )
    op.create_table(
        "training_sets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("training_sets_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("training_sets_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("training_sets_workspace_id_id_key")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("training_sets_workspace_id_name_key")),
    )
    op.create_table(
        "documents",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("receipt", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'parsing', 'embedding', 'ready', 'failed')",
            name=op.f("documents_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("documents_workspace_id_library_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("documents_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("documents_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("documents_workspace_id_id_key")),
        sa.UniqueConstraint(
            "workspace_id", "library_id", "sha256", name=op.f("documents_workspace_id_library_id_sha256_key")
        ),
    )
    op.create_table(
        "questions",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("question_set_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("answerable", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "question_set_id"],
            ["question_sets.workspace_id", "question_sets.id"],
            name=op.f("questions_workspace_id_question_set_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("questions_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_set_id", "position", name=op.f("questions_pkey")),
    )
    op.create_table(
        "term_counts",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("term_counts_workspace_id_library_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("term_counts_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("library_id", "term", name=op.f("term_counts_pkey")),
    )
    op.create_table(
        "training_set_versions",
        sa.Column("training_set_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), server_default="local", nullable=False),
        sa.Column("source_name", sa.Text(), server_default="", nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=True),
        sa.Column("mapping", JSONB(), nullable=False),
        sa.Column("report", JSONB(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("held_out", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "training_set_id"],
            ["training_sets.workspace_id", "training_sets.id"],
            name=op.f("training_set_versions_workspace_id_training_set_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("training_set_versions_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("training_set_versions_pkey")),
        sa.UniqueConstraint(
            "training_set_id", "sha256", name=op.f("training_set_versions_training_set_id_sha256_key")
        ),
        sa.UniqueConstraint(
            "training_set_id", "version", name=op.f("training_set_versions_training_set_id_version_key")
        ),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("training_set_versions_workspace_id_id_key")),
    )
    op.create_table(
        "examples",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("completion", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("split", sa.Text(), nullable=False),
        sa.Column("extra", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint("split IN ('train', 'held_out')", name=op.f("examples_split_check")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "version_id"],
            ["training_set_versions.workspace_id", "training_set_versions.id"],
            name=op.f("examples_workspace_id_version_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("examples_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "position", name=op.f("examples_pkey")),
    )
    op.create_table(
        "passages",
        sa.Column("library_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", JSONB(), nullable=False),
        sa.Column("embedding", HALFVEC(), nullable=False),
        sa.Column("terms", SPARSEVEC(1_000_000_000), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "document_id"],
            ["documents.workspace_id", "documents.id"],
            name=op.f("passages_workspace_id_document_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("passages_workspace_id_library_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("passages_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("passages_pkey")),
        sa.UniqueConstraint("document_id", "position", name=op.f("passages_document_id_position_key")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("passages_workspace_id_id_key")),
    )
    op.create_index(op.f("passages_library_id_idx"), "passages", ["library_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("base_model", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("preset", sa.Text(), server_default="", nullable=False),
        sa.Column("settings", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total_steps", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seconds_left", sa.Float(), nullable=True),
        sa.Column("process", JSONB(), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("estimate", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("result", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'stopping', 'stopped', 'interrupted', 'failed', 'succeeded')",
            name=op.f("runs_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "version_id"],
            ["training_set_versions.workspace_id", "training_set_versions.id"],
            name=op.f("runs_workspace_id_version_id_fkey"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("runs_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("runs_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("runs_workspace_id_id_key")),
        sa.UniqueConstraint(
            "workspace_id", "idempotency_key", name=op.f("runs_workspace_id_idempotency_key_key")
        ),
    )
    op.create_table(
        "adapters",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base_model", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.Text(), nullable=False),
        sa.Column("lineage", JSONB(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "run_id"],
            ["runs.workspace_id", "runs.id"],
            name=op.f("adapters_workspace_id_run_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("adapters_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("adapters_pkey")),
        sa.UniqueConstraint("run_id", name=op.f("adapters_run_id_key")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("adapters_workspace_id_id_key")),
    )
    op.create_table(
        "comparisons",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("question_set_id", sa.BigInteger(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("approaches", JSONB(), nullable=False),
        sa.Column("question_limit", sa.Integer(), nullable=True),
        sa.Column("settings", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("progress", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("report", JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'stopped', 'failed', 'succeeded')",
            name=op.f("comparisons_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("comparisons_workspace_id_library_id_fkey"),
            ondelete="SET NULL (library_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "question_set_id"],
            ["question_sets.workspace_id", "question_sets.id"],
            name=op.f("comparisons_workspace_id_question_set_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "run_id"],
            ["runs.workspace_id", "runs.id"],
            name=op.f("comparisons_workspace_id_run_id_fkey"),
            ondelete="SET NULL (run_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("comparisons_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("comparisons_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("comparisons_workspace_id_id_key")),
    )
    op.create_table(
        "run_metrics",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("loss", sa.Float(), nullable=True),
        sa.Column("eval_loss", sa.Float(), nullable=True),
        sa.Column("learning_rate", sa.Float(), nullable=True),
        sa.Column("tokens", sa.BigInteger(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "run_id"],
            ["runs.workspace_id", "runs.id"],
            name=op.f("run_metrics_workspace_id_run_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("run_metrics_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "step", name=op.f("run_metrics_pkey")),
    )
    op.create_table(
        "comparison_answers",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("comparison_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("approach", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("sources", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("scores", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "comparison_id"],
            ["comparisons.workspace_id", "comparisons.id"],
            name=op.f("comparison_answers_workspace_id_comparison_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("comparison_answers_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "comparison_id", "position", "approach", name=op.f("comparison_answers_pkey")
        ),
    )
    op.create_table(
        "conversations",
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=True),
        sa.Column("adapter_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "adapter_id"],
            ["adapters.workspace_id", "adapters.id"],
            name=op.f("conversations_workspace_id_adapter_id_fkey"),
            ondelete="SET NULL (adapter_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("conversations_workspace_id_library_id_fkey"),
            ondelete="SET NULL (library_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("conversations_workspace_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("conversations_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("conversations_workspace_id_id_key")),
    )
    op.create_table(
        "decisions",
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("signals", JSONB(), nullable=False),
        sa.Column("recommendation", JSONB(), nullable=False),
        sa.Column("library_id", sa.BigInteger(), nullable=True),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.Column("comparison_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "comparison_id"],
            ["comparisons.workspace_id", "comparisons.id"],
            name=op.f("decisions_workspace_id_comparison_id_fkey"),
            ondelete="SET NULL (comparison_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "library_id"],
            ["libraries.workspace_id", "libraries.id"],
            name=op.f("decisions_workspace_id_library_id_fkey"),
            ondelete="SET NULL (library_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "version_id"],
            ["training_set_versions.workspace_id", "training_set_versions.id"],
            name=op.f("decisions_workspace_id_version_id_fkey"),
            ondelete="SET NULL (version_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("decisions_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("decisions_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("decisions_workspace_id_id_key")),
    )
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('user', 'assistant')", name=op.f("messages_role_check")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name=op.f("messages_workspace_id_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("messages_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("messages_pkey")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("messages_workspace_id_id_key")),
    )
    op.create_table(
        "citations",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("passage_id", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("used", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "message_id"],
            ["messages.workspace_id", "messages.id"],
            name=op.f("citations_workspace_id_message_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "passage_id"],
            ["passages.workspace_id", "passages.id"],
            name=op.f("citations_workspace_id_passage_id_fkey"),
            ondelete="SET NULL (passage_id)",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("citations_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "number", name=op.f("citations_pkey")),
    )
    op.create_table(
        "ratings",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("correction", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("score IN (-1, 1)", name=op.f("ratings_score_check")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "message_id"],
            ["messages.workspace_id", "messages.id"],
            name=op.f("ratings_workspace_id_message_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("ratings_workspace_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("ratings_pkey")),
    )
