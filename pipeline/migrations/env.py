"""Alembic environment; the engine comes from the caller, never from a file."""

from alembic import context
from sqlalchemy import text

from pipeline.tables import metadata

LOCK = text("SELECT pg_advisory_xact_lock(20260101)")
"""One process migrates, the others wait for its commit and find nothing to do."""

engine = context.config.attributes["engine"]
with engine.connect().execution_options(saraban_write=True) as connection:
    on_postgresql = connection.dialect.name == "postgresql"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=not on_postgresql,
    )
    with context.begin_transaction():
        if on_postgresql:
            connection.execute(LOCK)
        context.run_migrations()
