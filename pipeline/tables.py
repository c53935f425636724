"""Tables of the state store. One schema for SQLite and PostgreSQL.

Columns in the clear hold ids, states, counts and page numbers. Whatever was read from a document
lies in ``*_sealed`` columns, encrypted with the document's data key (register lines: the
station's). ``level`` names the secrecy level whose station key encrypted a row.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

batch = Table(
    "batch",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("definition", String(64), nullable=False),
    Column("definition_sha256", String(64), nullable=False),
    Column("definition_toml", Text, nullable=False),
    Column("received_at", Float, nullable=False),
    Column("released_at", Float),
)

document = Table(
    "document",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("batch", Uuid, ForeignKey("batch.id"), nullable=False),
    Column("root", Uuid, nullable=False),
    Column("parent", Uuid),
    Column("source", Text, nullable=False),
    Column("fingerprint", String(96)),
    Column("ordinal", Integer, nullable=False),
    Column("form", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("step", Integer, nullable=False),
    Column("secrecy", String(16), nullable=False),
    Column("classified", Boolean, nullable=False),
    Column("disposition", String(64)),
    Column("page_count", Integer, nullable=False),
    Column("released", Boolean, nullable=False, server_default=false()),
    Column("events", Integer, nullable=False),
    Column("chain", String(64), nullable=False),
    Column("body_sealed", LargeBinary),
    Index(None, "batch", "state"),
    Index(None, "root", "state"),
    UniqueConstraint("fingerprint"),
)

document_key = Table(
    "document_key",
    metadata,
    Column("document", Uuid, ForeignKey("document.id"), primary_key=True),
    Column("level", String(16), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)

work = Table(
    "work",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("document", Uuid, ForeignKey("document.id"), nullable=False),
    Column("batch", Uuid, ForeignKey("batch.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("queue", String(16), nullable=False),
    Column("exposure", String(16), nullable=False),
    Column("timeout", Float, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("token", Uuid),
    Column("holder", String(128)),
    Column("lease_until", Float),
    Column("told_at", Float),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("document", "step"),
    Index(None, "state", "not_before"),
    Index(None, "batch", "state"),
)
Index("ix_work_order", work.c.state, work.c.step.desc(), work.c.created_at, work.c.id)
Index("ix_work_lane", work.c.state, work.c.queue, work.c.exposure, work.c.told_at)

intent = Table(
    "intent",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("document", Uuid, ForeignKey("document.id"), nullable=False),
    Column("written_at", Float, nullable=False),
    Index(None, "document"),
)

suspension = Table(
    "suspension",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("document", Uuid, ForeignKey("document.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("code", String(64), nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("decided_at", Float),
    Column("question_sealed", LargeBinary, nullable=False),
    Column("decision_sealed", LargeBinary),
    Index(None, "document", "step"),
)

failure = Table(
    "failure",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("document", Uuid, ForeignKey("document.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("code", String(64), nullable=False),
    Column("exit_code", Integer, nullable=False),
    Column("thai", Text, nullable=False),
    Column("english", Text, nullable=False),
    Column("trace_sealed", LargeBinary),
    Column("at", Float, nullable=False),
    Index(None, "document"),
)

page = Table(
    "page",
    metadata,
    Column("root", Uuid, ForeignKey("document.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", Uuid, nullable=False),
    Column("fate", String(16)),
)

reservation = Table(
    "reservation",
    metadata,
    Column("space", String(64), primary_key=True),
    Column("value", String(255), primary_key=True),
    Column("document", Uuid, nullable=False),
)

register_line = Table(
    "register_line",
    metadata,
    Column("register_name", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", Uuid, nullable=False),
    Column("step", Integer, nullable=False),
    Column("given_at", Float, nullable=False),
    Column("cancelled_at", Float),
    Column("level", String(16), nullable=False),
    Column("entry_sealed", LargeBinary, nullable=False),
    UniqueConstraint("document", "step"),
)

register_head = Table(
    "register_head",
    metadata,
    Column("register_name", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("batch", Uuid, nullable=False),
    Column("document", Uuid, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("type", String(64), nullable=False),
    Column("agent", String(128), nullable=False),
    Column("at", Float, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("leaf", String(64), nullable=False),
    UniqueConstraint("document", "sequence"),
)

doomed = Table(
    "doomed",
    metadata,
    Column("locator", Text, primary_key=True),
    Column("document", Uuid, nullable=False),
    Column("erasure", Boolean, nullable=False),
    Column("waits_for", Uuid),
    Index(None, "waits_for"),
)

worker = Table(
    "worker",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(128), nullable=False),
    Column("queues", Text, nullable=False),
    Column("clearance", String(16), nullable=False),
    Column("slots", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("beat_at", Float, nullable=False),
)

agreed_plugins = Table(
    "agreed_plugins",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("version", Text, nullable=False),
)

storage = Table(
    "storage",
    metadata,
    Column("agency", String(8), primary_key=True),
    Column("bytes", BigInteger, nullable=False),
)

storage_share = Table(
    "storage_share",
    metadata,
    Column("document", Uuid, ForeignKey("document.id"), primary_key=True),
    Column("agency", String(8), nullable=False),
    Column("bytes", BigInteger, nullable=False),
)
