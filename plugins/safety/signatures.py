"""Whether the digital signatures in a PDF still match it. Whom to trust is not asked here."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from plugins.safety.refusals import Refused

WEAK_DIGESTS = frozenset({"md5", "sha1"})


class Signatures(NamedTuple):
    """Every signature is intact; ``notes`` are finding codes."""

    notes: tuple[str, ...]


def check_signatures(path: Path) -> Signatures:
    """Check all signatures and document timestamps.

    Raises Refused with ``signature-broken`` when a digest or signature value does not match, or the
    file was changed afterwards beyond what a signature allows (timestamps, validation data, filling
    in forms, further signatures); with ``signature-unverifiable`` when that cannot be found out.
    """
    try:
        with path.open("rb") as stream:
            reader = PdfFileReader(stream, strict=False)
            if reader.encrypted:
                reader.decrypt("")
            filled = sum(1 for _ in enumerate_sig_fields(reader, filled_status=True))
            signatures = reader.embedded_signatures
            if not filled or filled != len(signatures):
                raise Refused("signature-unverifiable")
            whole = all(map(_is_whole, signatures))
            weak = any(signature.md_algorithm in WEAK_DIGESTS for signature in signatures)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - whatever a hostile file breaks in the parser, stay closed
        raise Refused("signature-unverifiable") from None
    if not whole:
        raise Refused("signature-broken")
    return Signatures(("weak-digest",) if weak else ())


def _is_whole(signature: EmbeddedPdfSignature) -> bool:
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]
    if not signature.summarise_integrity_info()["docmdp_ok"]:
        return False
    content = signature.signed_data["encap_content_info"]
    kind = content["content_type"].native
    digest = signature.compute_digest()
    if kind == "tst_info":
        stamp = content["content"].parsed
        if stamp["message_imprint"]["hashed_message"].native != digest:
            return False
        digest = hashlib.new(signature.md_algorithm, bytes(content["content"])).digest()
    intact, valid = validate_sig_integrity(
        signature.signer_info,
        signature.signer_cert,
        expected_content_type=kind,
        actual_digest=digest,
    )
    return bool(intact and valid)
