"""Time stamps (RFC 3161): from an authority's server, or from a key of this station for trials."""

import asyncio
import secrets
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, tsp, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from plugins.sign.keys import LocalSigner

_TRIAL_POLICY = "2.25.203714867398164590321740511903845207113"
"""Our own OID under 2.25 (ITU-T X.667): "the station's clock, no accuracy claimed"."""
_MOST_BYTES = 1 << 20


class TrialTimeStamper(TimeStamper):
    """A time-stamping authority inside this process: proves nothing beyond the station's clock."""

    def __init__(self, signer: LocalSigner) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._signer = signer

    async def async_request_tsa_response(self, req: Any) -> Any:
        """A granted RFC 3161 response to ``req``."""
        imprint = req["message_imprint"]
        certificate: Any = self._signer.signing_cert
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": _TRIAL_POLICY,
                "message_imprint": imprint,
                "serial_number": secrets.randbits(64),
                "gen_time": datetime.now(UTC).replace(microsecond=0),
                "nonce": req["nonce"],
                "tsa": x509.GeneralName("directory_name", certificate.subject),
            }
        )
        token = await self._signer.async_sign_general_data(
            cms.EncapsulatedContentInfo(
                {"content_type": "tst_info", "content": cms.ParsableOctetString(info.dump())}
            ),
            "sha256",
            detached=False,
        )
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})


class HttpTimeStamper(TimeStamper):
    """Asks an authority over HTTP (RFC 3161 section 3.4).

    Only a digest leaves the station. ``url`` must be ``http`` or ``https``; ``timeout`` in seconds.
    """

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url
        self._timeout = timeout

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """A token. Raises TimestampRequestError, also for answers that pyHanko stumbles over."""
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise TimestampRequestError("the authority's answer makes no sense") from error

    async def async_request_tsa_response(self, req: Any) -> Any:
        """The authority's response. Raises TimestampRequestError when it gives none."""
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, query: bytes) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked by the options
            self._url,
            data=query,
            headers={
                "Content-Type": "application/timestamp-query",
                "Accept": "application/timestamp-reply",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as reply:  # noqa: S310
                content = reply.read(_MOST_BYTES)
            return tsp.TimeStampResp.load(content, strict=True)
        except (OSError, ValueError) as error:
            raise TimestampRequestError("no time stamp") from error
