"""The stage ``route-paper``: ลับที่สุด leaves the pipeline for the secret registrar's desk."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from pydantic import Field

from pipeline.durable import discard_partials, write_durably
from pipeline.errors import SecurityError
from pipeline.fonts import missing_fonts
from pipeline.stage import Effect, Problem, Stage, StageContext, StageOptions, StationPath
from plugins.route.slip import Slip, print_slip
from schemas.artifact import Role
from schemas.document import Document
from schemas.evidence import SecrecyAssessment
from schemas.letter import ThaiDate
from schemas.outcome import Divert, Done, Kept, Outcome, RegisterRequest
from schemas.secrecy import Secrecy

DISPOSITION = "paper"
REGISTER = "paper"
STAGING = ".staging"
BANGKOK = timezone(timedelta(hours=7))


class RouteOptions(StageOptions):
    """Options of ``route-paper``."""

    slips: StationPath = Field(
        Path("slips"),
        validate_default=True,
        description="Folder where the slips lie ready for the printer, one PDF a letter.",
    )


class RoutePaper(Stage[RouteOptions]):
    """Diverts a set of the highest level to paper; lets all others pass.

    The digital copies are erased; what stays is a slip (role ``slip``, and a file in ``slips``) and
    one line in the register ``paper``, neither of which holds anything of the letter's content.
    Raises SecurityError for a set that nobody classified.
    """

    name = "route-paper"
    revision = 2
    Options = RouteOptions
    produces = (Role.SLIP,)
    reads = (SecrecyAssessment,)
    effect = Effect.KEYED
    sees = Secrecy.TOP_SECRET

    def preflight(self) -> list[Problem]:
        return missing_fonts(self.name)

    def run(self, context: StageContext) -> Outcome:
        assessment = context.fact(SecrecyAssessment)
        if assessment is None:
            raise SecurityError(
                "not-classified",
                thai="ยังไม่ได้กำหนดชั้นความลับ ให้วางขั้นตอนกำหนดชั้นความลับไว้ก่อนขั้นตอนนี้",
                english="Nobody classified this letter; place a classifying step before this one.",
            )
        if max(assessment.level, context.document.secrecy) < Secrecy.TOP_SECRET:
            return Done()
        return self._to_paper(context)

    def reconcile(self, context: StageContext) -> None:
        """Nothing to find out: a slip made again replaces the first under the same name."""

    def _to_paper(self, context: StageContext) -> Divert:
        now = datetime.now(BANGKOK)
        slip = _slip(context.document, context.station, now)
        path = context.workdir / "slip.pdf"
        path.write_bytes(print_slip(slip))
        kept = context.keep(path, Role.SLIP, "application/pdf")
        target = self.options.slips / f"{slip.station}_{slip.number}.pdf"
        discard_partials(target, self.options.slips / STAGING)
        write_durably(target, [path.read_bytes()], staging=self.options.slips / STAGING)
        return _diverted(slip, kept, now)


def _diverted(slip: Slip, kept: Kept, now: datetime) -> Divert:
    return Divert(
        disposition=DISPOSITION,
        reason="top-secret",
        erase=True,
        artifacts=(kept,),
        register_request=RegisterRequest(
            register_name=REGISTER,
            year=ThaiDate.of(now.date()).year_be,
            entry={
                "slip": slip.number,
                "station": slip.station,
                "batch": slip.batch,
                "pages": list(slip.pages),
                "secrecy": Secrecy.TOP_SECRET.thai,
                "received_on": str(ThaiDate.of(now.date())),
            },
        ),
    )


def _slip(document: Document, station: str, now: datetime) -> Slip:
    return Slip(
        number=document.id.hex[:8].upper(),
        batch=document.batch.hex[:8].upper(),
        station=station,
        pages=document.pages,
        at=now,
    )
