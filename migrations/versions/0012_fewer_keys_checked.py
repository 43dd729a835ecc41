"""Storing checks one key a passage instead of two, and none a counted term: that took longer than storing."""

from alembic import op

revision = "0012"
down_revision = "0011"

TOGETHER = ["workspace_id", "library_id", "id"]
FORGET = """
    CREATE FUNCTION forget_counted_terms() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM term_counts WHERE workspace_id = OLD.workspace_id AND library_id = OLD.id;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    op.create_unique_constraint(op.f("documents_workspace_id_library_id_id_key"), "documents", TOGETHER)
    _key("passages", ["library_id", "document_id"], "documents", TOGETHER)
    for column in ("library_id", "document_id"):
        op.drop_constraint(op.f(f"passages_workspace_id_{column}_fkey"), "passages", type_="foreignkey")
    op.drop_constraint(op.f("term_counts_workspace_id_library_id_fkey"), "term_counts", type_="foreignkey")
    op.execute(FORGET)
    op.execute(
        "CREATE TRIGGER counted_terms_go_with_their_library AFTER DELETE ON libraries"
        " FOR EACH ROW EXECUTE FUNCTION forget_counted_terms()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER counted_terms_go_with_their_library ON libraries")
    op.execute("DROP FUNCTION forget_counted_terms")
    for table, column, other in (
        ("term_counts", "library_id", "libraries"),
        ("passages", "library_id", "libraries"),
        ("passages", "document_id", "documents"),
    ):
        _key(table, [column], other, ["workspace_id", "id"])
    name = op.f("passages_workspace_id_library_id_document_id_fkey")
    op.drop_constraint(name, "passages", type_="foreignkey")
    op.drop_constraint(op.f("documents_workspace_id_library_id_id_key"), "documents", type_="unique")


def _key(table: str, columns: list[str], other: str, theirs: list[str]) -> None:
    own = ["workspace_id", *columns]
    op.create_foreign_key(
        op.f(f"{table}_{'_'.join(own)}_fkey"), table, other, own, theirs, ondelete="CASCADE"
    )
