"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("definition", sa.String(length=64), nullable=False),
        sa.Column("definition_sha256", sa.String(length=64), nullable=False),
        sa.Column("definition_toml", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.Column("released_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_table(
        "doomed",
        sa.Column("locator", sa.Text(), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("erasure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("locator", name=op.f("pk_doomed")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=128), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("document", "sequence", name=op.f("uq_event_document_sequence")),
    )
    op.create_table(
        "register_line",
        sa.Column("register_name", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.Float(), nullable=False),
        sa.Column("cancelled_at", sa.Float(), nullable=True),
        sa.Column("entry_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("register_name", "year", "number", name=op.f("pk_register_line")),
        sa.UniqueConstraint("document", "step", name=op.f("uq_register_line_document_step")),
    )
    op.create_table(
        "reservation",
        sa.Column("space", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("space", "value", name=op.f("pk_reservation")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("root", sa.Uuid(), nullable=False),
        sa.Column("parent", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=96), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("secrecy", sa.String(length=16), nullable=False),
        sa.Column("classified", sa.Boolean(), nullable=False),
        sa.Column("disposition", sa.String(length=64), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["batch"], ["batch.id"], name=op.f("fk_document_batch_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_document_fingerprint")),
    )
    op.create_index(op.f("ix_document_batch_state"), "document", ["batch", "state"], unique=False)
    op.create_index(op.f("ix_document_root_state"), "document", ["root", "state"], unique=False)
    op.create_table(
        "document_key",
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["document.id"], name=op.f("fk_document_key_document_document")
        ),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_document_key")),
    )
    op.create_table(
        "failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("exit_code", sa.Integer(), nullable=False),
        sa.Column("thai", sa.Text(), nullable=False),
        sa.Column("english", sa.Text(), nullable=False),
        sa.Column("trace_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["document.id"], name=op.f("fk_failure_document_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failure")),
    )
    op.create_index(op.f("ix_failure_document"), "failure", ["document"], unique=False)
    op.create_table(
        "intent",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["document.id"], name=op.f("fk_intent_document_document")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_intent")),
    )
    op.create_index(op.f("ix_intent_document"), "intent", ["document"], unique=False)
    op.create_table(
        "page",
        sa.Column("root", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("fate", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["root"], ["document.id"], name=op.f("fk_page_root_document")),
        sa.PrimaryKeyConstraint("root", "number", name=op.f("pk_page")),
    )
    op.create_table(
        "suspension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=False),
        sa.Column("decided_at", sa.Float(), nullable=True),
        sa.Column("question_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decision_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document"], ["document.id"], name=op.f("fk_suspension_document_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index(
        op.f("ix_suspension_document_step"), "suspension", ["document", "step"], unique=False
    )
    op.create_table(
        "work",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=16), nullable=False),
        sa.Column("timeout", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("holder", sa.String(length=128), nullable=True),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batch.id"], name=op.f("fk_work_batch_batch")),
        sa.ForeignKeyConstraint(
            ["document"], ["document.id"], name=op.f("fk_work_document_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("document", "step", name=op.f("uq_work_document_step")),
    )
    op.create_index(op.f("ix_work_batch_state"), "work", ["batch", "state"], unique=False)
    op.create_index(op.f("ix_work_state_not_before"), "work", ["state", "not_before"], unique=False)


def downgrade() -> None:
    """Drop every table."""
    op.drop_index(op.f("ix_work_state_not_before"), table_name="work")
    op.drop_index(op.f("ix_work_batch_state"), table_name="work")
    op.drop_table("work")
    op.drop_index(op.f("ix_suspension_document_step"), table_name="suspension")
    op.drop_table("suspension")
    op.drop_table("page")
    op.drop_index(op.f("ix_intent_document"), table_name="intent")
    op.drop_table("intent")
    op.drop_index(op.f("ix_failure_document"), table_name="failure")
    op.drop_table("failure")
    op.drop_table("document_key")
    op.drop_index(op.f("ix_document_root_state"), table_name="document")
    op.drop_index(op.f("ix_document_batch_state"), table_name="document")
    op.drop_table("document")
    op.drop_table("reservation")
    op.drop_table("register_line")
    op.drop_table("event")
    op.drop_table("doomed")
    op.drop_table("batch")
