"""Alembic's environment: it migrates the connection that it is given, and opens none."""

from alembic import context

from ouidire.state.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
