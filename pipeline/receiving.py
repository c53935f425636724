"""Receiving: sources become batches of documents. The source itself is never touched."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from pydantic import JsonValue
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from pipeline import tables as t
from pipeline.app import Station
from pipeline.artifacts import write_artifact
from pipeline.audit import append_event
from pipeline.durable import Written, digest_file
from pipeline.errors import ConfigurationError, DocumentError, NoSpaceError, SecurityError
from pipeline.failures import record_failure
from pipeline.intake import Source
from pipeline.keys import DataKey
from pipeline.loader import LoadedDefinition
from pipeline.releasing import release_batch
from pipeline.room import check_room
from pipeline.transitions import add_work
from schemas.artifact import Artifact, Role
from schemas.document import Document, DocumentState
from schemas.outcome import Kept
from schemas.secrecy import Secrecy

AGENT = "intake"


@dataclass
class Received:
    """What became of the sources: ``batches`` to run, how many were new, known, refused."""

    batches: list[UUID] = field(default_factory=list)
    new: int = 0
    known: int = 0
    refused: int = 0


class _Known(NamedTuple):
    """A document that a source became earlier."""

    id: UUID
    batch: UUID


def receive(station: Station, address: str, definition: LoadedDefinition) -> Received:
    """Take in everything under ``address``.

    Bytes that the station already knows (under this definition) are not taken twice: their batch is
    answered instead. A source that cannot be read, or changes meanwhile, becomes a quarantined
    document without bytes until a later run can take it in; the rest goes on. Raises
    ConfigurationError when nothing is there, NoSpaceError before the disk is full.
    """
    intakes = [kind for kind in station.host.intakes.values() if kind.accepts(address)]
    if len(intakes) != 1:
        raise ConfigurationError(
            "no-intake",
            thai=f"ไม่มีปลั๊กอินรับเข้าสำหรับ {address}",
            english=f"{len(intakes)} intakes accept {address}; exactly one must.",
        )
    received = Received()
    batch = uuid4()
    for source in intakes[0]().collect(address):
        known = _known(station, source, definition)
        if known is not None:
            received.known += 1
            if known not in received.batches:
                received.batches.append(known)
            continue
        taking = _Taking(station, address, batch, definition)
        try:
            check_room(station, source)
            where = taking.take(source)
            if where == batch:
                received.new += 1
            else:
                received.known += 1
        except DocumentError as refusal:
            received.refused += 1
            where = taking.refuse(source, refusal)
        if where not in received.batches:
            received.batches.append(where)
    if not received.batches:
        raise ConfigurationError(
            "nothing-found",
            thai=f"ไม่พบไฟล์ใน {address}",
            english=f"There is no file in {address}.",
        )
    return received


def _known(station: Station, source: Source, definition: LoadedDefinition) -> UUID | None:
    try:
        digest = digest_file(source.path).sha256
        fingerprint = station.state.keys.intake.fingerprint(digest, definition.definition.name)
    except OSError:
        fingerprint = _unreadable_mark(source)
    with station.state.read() as tx:
        found = _by_fingerprint(tx, fingerprint)
    return found.batch if found else None


def _by_fingerprint(tx: Connection, fingerprint: str) -> _Known | None:
    found = tx.execute(
        select(t.document.c.id, t.document.c.batch).where(t.document.c.fingerprint == fingerprint)
    ).one_or_none()
    return _Known(found.id, found.batch) if found else None


def _unreadable_mark(source: Source) -> str:
    return f"unreadable:{uuid5(NAMESPACE_URL, source.name)}"


@dataclass(frozen=True)
class _Taking:
    """Takes sources into one batch, whose row is written together with its first document."""

    station: Station
    address: str
    batch: UUID
    definition: LoadedDefinition

    def take(self, source: Source) -> UUID:
        """Copy the bytes, then write the rows. Answers the batch in which the document stands.

        That is another's when he took in the same bytes meanwhile. Raises DocumentError when they
        cannot be read.
        """
        station = self.station
        try:
            read = digest_file(source.path)
            with station.state.read() as tx:
                station.quota.check(tx, read.size)
            fingerprint = station.state.keys.intake.fingerprint(
                read.sha256, self.definition.definition.name
            )
            document = Document(id=uuid5(NAMESPACE_URL, fingerprint), batch=self.batch)
            key = DataKey.fresh()
            artifact = _store_source(station, source, read, document, key)
        except OSError as error:
            raise _unreadable(source, error) from error
        except SecurityError as error:
            raise _changing(source) from error
        document = document.model_copy(update={"artifacts": (artifact,)})
        detail: dict[str, JsonValue] = {
            "size": artifact.size,
            "artifacts": {str(artifact.id): artifact.stored_sha256},
        }
        try:
            with station.state.write() as tx:
                self._add(tx, document, key, source, fingerprint)
                add_work(station.state, tx, document, self.definition)
                self._event(tx, document, "document-received", detail)
                self._close_refusal(tx, source)
                station.quota.reserve(tx, document.id, artifact.size)
        except NoSpaceError:
            station.store.delete(artifact.locator)
            raise
        except IntegrityError:
            station.store.delete(artifact.locator)
            return self._elsewhere(fingerprint)
        return self.batch

    def refuse(self, source: Source, error: DocumentError) -> UUID:
        """Tell once that a source could not be taken in; the batch in which that stands."""
        mark = _unreadable_mark(source)
        document = Document(id=uuid4(), batch=self.batch, state=DocumentState.QUARANTINED)
        try:
            with self.station.state.write() as tx:
                if (told := _by_fingerprint(tx, mark)) is not None:
                    return told.batch
                self._add(tx, document, DataKey.fresh(), source, mark)
                record_failure(tx, document.id, 0, 1, error, self.station.state.clock())
                self._event(tx, document, "document-quarantined", {"code": error.code})
        except IntegrityError:
            return self._elsewhere(mark)
        return self.batch

    def _elsewhere(self, fingerprint: str) -> UUID:
        """The batch of the document that another process wrote while this one tried to."""
        with self.station.state.read() as tx:
            found = _by_fingerprint(tx, fingerprint)
        if found is None:
            raise LookupError("a fingerprint was taken, and is not there")
        return found.batch

    def _close_refusal(self, tx: Connection, source: Source) -> None:
        told = _by_fingerprint(tx, _unreadable_mark(source))
        if told is None:
            return
        state = self.station.state
        refused, key = state.load(tx, told.id)
        ended = {"state": DocumentState.DIVERTED, "disposition": "received-later"}
        state.save(tx, refused.model_copy(update=ended), key)
        tx.execute(update(t.document).where(t.document.c.id == told.id).values(fingerprint=None))
        now = state.clock()
        append_event(tx, told.batch, told.id, "source-received-later", AGENT, now)
        release_batch(tx, told.batch, now)

    def _add(
        self, tx: Connection, document: Document, key: DataKey, source: Source, fingerprint: str
    ) -> None:
        again = update(t.batch).where(t.batch.c.id == self.batch).values(released_at=None)
        if not tx.execute(again).rowcount:
            tx.execute(
                insert(t.batch).values(
                    id=self.batch,
                    source=self.address,
                    definition=self.definition.definition.name,
                    definition_sha256=self.definition.sha256,
                    definition_toml=self.definition.toml,
                    received_at=self.station.state.clock(),
                )
            )
        self.station.state.add(
            tx, document, key, root=document.id, source=source.name, fingerprint=fingerprint
        )

    def _event(
        self, tx: Connection, document: Document, type_: str, detail: dict[str, JsonValue]
    ) -> None:
        append_event(tx, self.batch, document.id, type_, AGENT, self.station.state.clock(), detail)


def _store_source(
    station: Station, source: Source, read: Written, document: Document, key: DataKey
) -> Artifact:
    """Raises SecurityError when the file is not what was ``read`` any more."""
    import mimetypes

    kept = Kept(
        path=source.path.name,
        role=Role.SOURCE,
        media_type=mimetypes.guess_type(source.path.name)[0] or "application/octet-stream",
        sha256=read.sha256,
        size=read.size,
    )
    return write_artifact(
        station.store,
        key,
        source.path,
        kept,
        artifact=uuid5(document.id, f"source:{uuid4()}"),
        document=document.id,
        secrecy=Secrecy.TOP_SECRET,
    )


def _unreadable(source: Source, error: OSError) -> DocumentError:
    return DocumentError(
        "source-unreadable",
        thai=f"อ่านไฟล์ {source.name} ไม่ได้ ({error.strerror}) โปรดตรวจสิทธิ์และสื่อบันทึก แล้วสั่งอีกครั้ง",
        english=f"{source.name} cannot be read ({error.strerror}). "
        "Check permissions and the medium, then run again.",
    )


def _changing(source: Source) -> DocumentError:
    return DocumentError(
        "source-changing",
        thai=f"ไฟล์ {source.name} ยังถูกเขียนอยู่ขณะรับเข้า โปรดรอให้สแกนเสร็จแล้วสั่งอีกครั้ง",
        english=f"{source.name} changed while it was taken in. "
        "Wait until it is written whole, then run again.",
    )


def missing(path: Path) -> ConfigurationError:
    """A named file does not exist."""
    return ConfigurationError(
        "no-such-file",
        thai=f"ไม่พบไฟล์หรือโฟลเดอร์ {path}",
        english=f"There is no file or folder {path}.",
    )
