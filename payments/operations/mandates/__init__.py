"""Permissions to debit: asked for, signed, confirmed, watched and ended."""

from payments.operations.mandates.ask import NewMandate, Signing, know_banks, request_mandate
from payments.operations.mandates.banks import refresh_banks
from payments.operations.mandates.check import check_mandate
from payments.operations.mandates.end import (
    lose_mandate,
    resume_mandate,
    revoke_mandate,
    suspend_mandate,
)
from payments.operations.mandates.invite import send_signing, signing_page
from payments.operations.mandates.sign import SigningReturn, handle_signing

__all__ = [
    "NewMandate",
    "Signing",
    "SigningReturn",
    "check_mandate",
    "handle_signing",
    "know_banks",
    "lose_mandate",
    "refresh_banks",
    "request_mandate",
    "resume_mandate",
    "revoke_mandate",
    "send_signing",
    "signing_page",
    "suspend_mandate",
]
