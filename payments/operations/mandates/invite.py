"""The way to a bank's signing page, and telling the customer of it."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import business_by_id
from core.errors import Problem
from core.tenancy import acting_for, active_business_id, operation
from messaging.enums import Purpose
from messaging.operations import queue_sms
from payments.enums.debits import MandateState
from payments.models import Mandate
from payments.operations.debits.line import debit_line
from payments.operations.debits.notices import mandate_url
from payments.operations.mandates.ask import SIGN_WITHIN, locked_mandate
from payments.providers.contract import Redirect

MESSAGE_KIND: Final = "mandate"


def signing_page(*, business_id: UUID, mandate_id: UUID) -> Redirect:
    """Return the way to the bank's page for a mandate that waits for its signature.

    Run outside any scope; nothing is called. Raises NotFound, Problem `mandate_not_waiting`.
    """
    with acting_for(business_id, durable=True):
        mandate = _waiting(mandate_id)
        line = debit_line(mandate.account)
    return line.adapter.mandate_redirect(line.account, mandate.authority or "", mandate.bank_code)


@operation
def send_signing(*, mandate_id: UUID, now: datetime) -> UUID:
    """Queue one SMS with the page where a customer reads and signs; return the message's id.

    Raises NotFound, Problem `mandate_not_waiting`.
    """
    mandate = _waiting(mandate_id)
    shop = business_by_id(active_business_id())
    with translation.override("fa"):
        text = _("%(shop)s asks for your permission to debit at %(bank)s. Read and sign: %(url)s")
        body = text % {
            "shop": shop.name,
            "bank": mandate.bank_name or mandate.bank,
            "url": mandate_url(mandate.public_token),
        }
    return queue_sms(
        address=mandate.mobile,
        body=body,
        purpose=Purpose.TRANSACTIONAL,
        dedupe_key=f"mandate:{mandate.id}",
        expires_at=mandate.requested_at + SIGN_WITHIN,
        ref_kind=MESSAGE_KIND,
        ref_id=mandate.id,
        now=now,
    )


def _waiting(mandate_id: UUID) -> Mandate:
    mandate = locked_mandate(mandate_id)
    if mandate.state != MandateState.AWAITING_SIGNATURE or not mandate.authority:
        raise Problem(
            "mandate_not_waiting",
            gettext_lazy("This permission does not wait for a signature; ask for a new one."),
            status=HTTPStatus.CONFLICT,
        )
    return mandate
