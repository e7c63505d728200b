"""Run by Alembic: uses the connection, and so the transaction, of the caller."""

from alembic import context

from omr.ledger.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
