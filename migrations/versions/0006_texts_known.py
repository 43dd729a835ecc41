"""Finding a text that a library holds already, so that it is not embedded twice."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    columns = ["library_id", "fingerprint"]
    op.create_index(op.f("passages_library_id_fingerprint_idx"), "passages", columns)


def downgrade() -> None:
    op.drop_index(op.f("passages_library_id_fingerprint_idx"), "passages")
