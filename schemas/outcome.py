"""A stage's answer. Exactly one is committed per attempt."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, PositiveInt

from schemas.base import Frozen, Name, Sha256
from schemas.decision import Question
from schemas.document import Form, PageFate
from schemas.secrecy import Secrecy


class Kept(Frozen):
    """A file in the stage's workdir, handed to the engine by ``context.keep``."""

    path: str
    """Relative to the workdir."""
    role: Name
    media_type: str
    sha256: Sha256
    size: int


class Reservation(Frozen):
    """A value that only one document may hold, e.g. an archive file name."""

    space: Name
    value: str
    keyed: bool = False
    """Keep a keyed digest in place of the value, and compare within one secrecy level only."""
    question: Question | None = None
    """Asked when another document holds the value; the engine adds which. None: ``value-taken``."""


class RegisterRequest(Frozen):
    """Ask for the next number of a register.

    The engine gives it inside the committing transaction, so that numbers have neither gap nor
    double; it comes back as the fact :class:`schemas.register.Registered`.
    """

    register_name: Name
    year: PositiveInt
    """B.E."""
    entry: dict[str, JsonValue]
    """Columns of the register's line, stored encrypted."""


class Done(Frozen):
    """The step is finished.

    ``facts`` are stated under their names; ``retire`` names roles whose artifacts the document no
    longer needs; ``secrecy`` classifies the document (never below its present level, unless the
    choice of ``context.decision`` is that very level).
    """

    outcome: Literal["done"] = "done"
    artifacts: tuple[Kept, ...] = ()
    facts: dict[str, JsonValue] = {}
    retire: tuple[Name, ...] = ()
    secrecy: Secrecy | None = None
    pages: PositiveInt | None = None
    """How many pages the source has; stated once, by the stage that counts them."""
    reserve: tuple[Reservation, ...] = ()
    register_request: RegisterRequest | None = None


class Part(Frozen):
    """A piece cut from the document. ``pages`` are 1-based within the parent."""

    form: Form
    pages: tuple[PositiveInt, ...]
    artifacts: tuple[Kept, ...]
    facts: dict[str, JsonValue] = {}


class SetAside(Frozen):
    """A page that goes into no part, and why."""

    page: PositiveInt
    fate: PageFate


class Split(Frozen):
    """The document lives on as its parts. Parts and set-aside pages must cover every page once."""

    outcome: Literal["split"] = "split"
    parts: tuple[Part, ...]
    set_aside: tuple[SetAside, ...] = ()


class Suspend(Frozen):
    """Wait for a person (or a slow service); the same step runs again with the decision."""

    outcome: Literal["suspend"] = "suspend"
    question: Question


class Divert(Frozen):
    """Leave the pipeline for good, e.g. to paper.

    ``erase`` destroys the data keys of the document and of every ancestor, after ``artifacts``
    (which must hold nothing of the content) and ``register_request`` were kept under fresh keys.
    """

    outcome: Literal["divert"] = "divert"
    disposition: Name
    reason: str
    erase: bool = False
    artifacts: tuple[Kept, ...] = ()
    facts: dict[str, JsonValue] = {}
    register_request: RegisterRequest | None = None
    duplicate_of: tuple[Reservation, ...] = ()
    """The engine states which other document holds one of them, as the fact
    :class:`schemas.register.DuplicateOf`."""


Outcome = Annotated[Done | Split | Suspend | Divert, Field(discriminator="outcome")]
