"""Failures: what went wrong with a document, as rows."""

from uuid import UUID, uuid4

from pydantic import JsonValue
from sqlalchemy import Connection, insert, update

from pipeline import queue
from pipeline import tables as t
from pipeline.audit import AGENT, append_event
from pipeline.errors import SarabanError, SecurityError, StageError, TransientError
from pipeline.queue import Work
from pipeline.state import State
from schemas.document import DocumentState
from schemas.event import Event


def record_failure(
    tx: Connection,
    document: UUID,
    step: int,
    attempt: int,
    error: SarabanError,
    at: float,
    *,
    final: bool = True,
    trace_sealed: bytes | None = None,
) -> None:
    """Write the row that a person sees. ``final``: the document went to quarantine."""
    tx.execute(
        insert(t.failure).values(
            id=uuid4(),
            document=document,
            step=step,
            attempt=attempt,
            final=final,
            code=error.code,
            exit_code=int(error.exit_code),
            thai=error.thai,
            english=error.english,
            trace_sealed=trace_sealed,
            at=at,
        )
    )


def set_aside(state: State, tx: Connection, work: Work, error: SarabanError) -> Event:
    """Quarantine a document that cannot even be opened; its sealed body stays as it is."""
    queue.end(tx, work, queue.FAILED)
    now = state.clock()
    record_failure(tx, work.document, work.step, work.attempt, error, now)
    tx.execute(
        update(t.document)
        .where(t.document.c.id == work.document)
        .values(state=DocumentState.QUARANTINED.value)
    )
    detail: dict[str, JsonValue] = {"code": error.code, "attempt": work.attempt}
    return append_event(tx, work.batch, work.document, "document-quarantined", AGENT, now, detail)


def poison(attempts: int) -> SarabanError:
    """The step killed its process every time."""
    return SecurityError(
        "attempts-exhausted",
        thai=f"งานขั้นนี้ทำให้ระบบหยุดทำงาน {attempts} ครั้ง จึงกักเอกสารไว้ เอกสารอื่นทำต่อได้",
        english=f"This step brought its process down {attempts} times; the document was set aside.",
    )


def bug(error: Exception) -> SarabanError:
    """An exception nobody raised on purpose; its message may quote the document and is not told."""
    wrapped = StageError(
        "bug",
        thai="โปรแกรมทำงานผิดพลาดกับเอกสารนี้ จึงกักไว้ โปรดแจ้งผู้ดูแลระบบ เอกสารอื่นทำต่อได้",
        english=f"An error in the program ({type(error).__name__}) stopped this document. "
        "Tell the administrator; other documents go on.",
    )
    wrapped.__cause__ = error
    return wrapped


def scratch_full(error: OSError) -> SarabanError:
    """There may be room when the other workers have finished."""
    full = TransientError(
        "scratch-full",
        thai="พื้นที่ชั่วคราวเต็มระหว่างทำงาน ตั้ง runner.scratch ไปยังดิสก์ที่ว่างกว่า หรือลด runner.workers แล้วสั่ง "
        "`saraban retry`",
        english="The scratch space was full. Point runner.scratch to a roomier disk or lower "
        "runner.workers, then `saraban retry`.",
    )
    full.__cause__ = error
    return full


def unreadable(error: Exception) -> SarabanError:
    """The sealed state of a document does not open, or not to a document."""
    if isinstance(error, SarabanError):
        return error
    return SecurityError(
        "document-unreadable",
        thai="อ่านสถานะของเอกสารนี้ไม่ได้ ข้อมูลอาจเสียหายหรือเขียนด้วยโปรแกรมรุ่นอื่น โปรดแจ้งผู้ดูแลระบบ",
        english="The state of this document cannot be read: it is damaged, or another version of "
        "the program wrote it. Tell the administrator.",
    )
