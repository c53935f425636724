"""Alembic environment; the engine comes from the caller, never from a file."""

from alembic import context

from pipeline.tables import metadata

engine = context.config.attributes["engine"]
with engine.connect().execution_options(saraban_write=True) as connection:
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
