"""Many machines: clearance, the outbox, workers, register heads, storage shares."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

HIGHEST = "TOP_SECRET"
"""Until now one station key served all levels, and every worker was cleared for all of them."""


def upgrade() -> None:
    """Add columns and tables; fill them for what is there."""
    op.add_column(
        "document_key",
        sa.Column("level", sa.String(length=16), nullable=False, server_default=HIGHEST),
    )
    op.add_column(
        "register_line",
        sa.Column("level", sa.String(length=16), nullable=False, server_default=HIGHEST),
    )
    op.add_column(
        "work", sa.Column("exposure", sa.String(length=16), nullable=False, server_default=HIGHEST)
    )
    op.add_column(
        "document",
        sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("doomed", sa.Column("waits_for", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_doomed_waits_for"), "doomed", ["waits_for"])
    op.add_column("work", sa.Column("told_at", sa.Float(), nullable=True))
    op.create_index(
        "ix_work_order", "work", ["state", sa.column("step").desc(), "created_at", "id"]
    )
    op.create_index("ix_work_lane", "work", ["state", "queue", "exposure", "told_at"])
    op.create_table(
        "register_head",
        sa.Column("register_name", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("register_name", "year", name=op.f("pk_register_head")),
    )
    op.execute(
        "INSERT INTO register_head (register_name, year, last) "
        "SELECT register_name, year, max(number) FROM register_line GROUP BY register_name, year"
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("queues", sa.Text(), nullable=False),
        sa.Column("clearance", sa.String(length=16), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("beat_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_table(
        "agreed_plugins",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_agreed_plugins")),
    )
    op.create_table(
        "storage",
        sa.Column("agency", sa.String(length=8), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency", name=op.f("pk_storage")),
    )
    op.create_table(
        "storage_share",
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=8), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_storage_share")),
        sa.ForeignKeyConstraint(
            ["document"], ["document.id"], name=op.f("fk_storage_share_document_document")
        ),
    )
