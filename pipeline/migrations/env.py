"""Alembic environment; the engine comes from the caller, never from a file."""

from alembic import context
from sqlalchemy import text

from pipeline.tables import metadata

LOCK = text("SELECT pg_advisory_lock(20260101)")
"""One process migrates, the others wait; the lock goes with the connection."""

engine = context.config.attributes["engine"]
with engine.connect().execution_options(saraban_write=True) as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK)
        connection.commit()
    context.configure(
        connection=connection, target_metadata=metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.invalidate()
