"""Alembic's entry: runs on the connection that studio.store.migrate hands over."""

from alembic import context

from studio.store.tables import Table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
