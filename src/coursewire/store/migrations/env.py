"""Runs the steps on the connection that `migrations.run` hands over, in its transaction."""

from alembic import context

from coursewire.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
