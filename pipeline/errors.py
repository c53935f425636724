"""Everything that can go wrong on purpose, with its exit code and both languages."""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of ``saraban``; documented in docs/exit-codes.md."""

    OK = 0
    BUG = 1
    USAGE = 2
    PERSON_NEEDED = 3
    QUARANTINE = 4
    CONFIGURATION = 5
    BAD_INPUT = 6
    NO_SPACE = 7
    VERIFY_FAILED = 8
    BUSY = 9
    UNAVAILABLE = 10
    INTERRUPTED = 130


class SarabanError(Exception):
    """Base of all deliberate failures.

    ``code`` names the problem for machines; ``thai`` and ``english`` say what is wrong, where, and
    what to do. Neither may quote the content of a document.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, code: str, *, thai: str, english: str) -> None:
        super().__init__(f"{english} [{code}]")
        self.code = code
        self.thai = thai
        self.english = english


class ConfigurationError(SarabanError):
    """Settings, plugins, definitions or the machine are not fit to start."""

    exit_code = ExitCode.CONFIGURATION


class StageError(SarabanError):
    """Base of what a stage may raise."""

    exit_code = ExitCode.QUARANTINE


class TransientError(StageError):
    """May pass: retried by the step's policy, then quarantined."""


class NoSpaceError(TransientError):
    """The disk or the archive is full; the source stays where it is."""

    exit_code = ExitCode.NO_SPACE


class UnavailableError(TransientError):
    """A service that the station leans on (state store, artifact store, archive) does not answer.

    No document's fault: the step is given back, its attempt not counted, and tried again later.
    """

    exit_code = ExitCode.UNAVAILABLE


class DocumentError(StageError):
    """This document cannot be processed: quarantined at once, its bytes kept."""

    exit_code = ExitCode.BAD_INPUT


class SecurityError(StageError):
    """Processing on would weaken a protection: quarantined at once, never at a lower level."""


class FencedError(SarabanError):
    """This attempt lost its lease; whatever it made is dropped."""

    exit_code = ExitCode.BUSY


class BusyError(SarabanError):
    """Another runner holds this station."""

    exit_code = ExitCode.BUSY
