"""A customer comes back from the bank's signing page: where to look, and no proof of anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from payments.enums import AlertKind
from payments.enums.debits import MandateState
from payments.models import Mandate
from payments.models.tokens import business_of_token
from payments.operations.alerts import raise_alert
from payments.operations.mandates.ask import locked_mandate, move_mandate
from payments.operations.mandates.check import check_mandate
from payments.providers import debits_of
from payments.providers.contract import MandateClaim

_KEPT_CHARS: Final = 100


@dataclass(frozen=True, slots=True)
class SigningReturn:
    """Where a returning signer belongs."""

    mandate_id: UUID
    public_token: str
    return_url: str
    state: MandateState


def handle_signing(*, token: str, params: Mapping[str, str], now: datetime) -> SigningReturn:
    """Take in a return from the signing page; repeatable, by GET or POST, without cookies.

    Run outside any scope. Our token in the path and the provider's in the parameters must belong
    to one mandate. Raises NotFound, or Problem `callback_mismatch`, which also raises an alert.
    """
    business_id = business_of_token(token)
    if business_id is None:
        raise _unknown()
    with acting_for(business_id, durable=True):
        mandate = _locate(token, params, now)
    if mandate is None:
        raise Problem(
            "callback_mismatch",
            _("This return address does not fit this mandate."),
            status=HTTPStatus.BAD_REQUEST,
        )
    if mandate.state == MandateState.SIGNED_UNCONFIRMED:
        check_mandate(business_id=business_id, mandate_id=mandate.id, now=now)
    with acting_for(business_id):
        row = Mandate.objects.get(id=mandate.id)
        return SigningReturn(row.id, row.public_token, row.return_url, MandateState(row.state))


def _locate(token: str, params: Mapping[str, str], now: datetime) -> Mandate | None:
    """Return the mandate both tokens belong to, moved on; None when they do not agree."""
    found = Mandate.objects.filter(callback_token=token).values_list("id", flat=True).first()
    if found is None:
        raise _unknown()
    mandate = locked_mandate(found)
    adapter = debits_of(mandate.account.provider)
    claim = adapter.parse_mandate_callback(params)
    if claim is None or claim.authority != mandate.authority:
        _alert(mandate, params, now)
        return None
    if mandate.state == MandateState.AWAITING_SIGNATURE:
        _move(mandate, claim, adapter.debits.confirm_within, now)
    return mandate


def _move(mandate: Mandate, claim: MandateClaim, window: timedelta | None, now: datetime) -> None:
    if not claim.claims_success:
        mandate.next_check_at = None
        mandate.last_code = claim.code[:_KEPT_CHARS]
        move_mandate(mandate, MandateState.DECLINED, now, reason="not_signed")
        return
    mandate.signed_at = now
    mandate.mandate_ref = claim.mandate_ref[:_KEPT_CHARS]
    mandate.confirm_by = None if window is None else now + window
    mandate.checks = 0
    mandate.next_check_at = now
    move_mandate(mandate, MandateState.SIGNED_UNCONFIRMED, now)


def _alert(mandate: Mandate, params: Mapping[str, str], now: datetime) -> None:
    said = {
        name[:_KEPT_CHARS]: value[:_KEPT_CHARS].replace("\x00", "")
        for name, value in list(params.items())[:10]
    }
    raise_alert(
        kind=AlertKind.FORGED_CALLBACK, source_id=mandate.id, detail={"params": said}, now=now
    )


def _unknown() -> NotFound:
    return NotFound(_("There is no such mandate."))
