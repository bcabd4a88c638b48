"""Paying out: money from a balance at a provider to an account, always seen by two people."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from core.text import normalise
from payments.enums.refunds import Destination, RefundReason, RefundRoute, TransferKind, Waiting
from payments.models import Transfer
from payments.operations.refunds.ask import (
    RefundAsked,
    begin,
    clean_number,
    fingerprint,
    known,
    write,
)
from payments.operations.refunds.plan import paying_account
from payments.operations.refunds.receiver import Receiver, checked, keep
from payments.operations.refunds.schedule import expected_by

_MAX_NOTE = 500


@operation
def ask_payout(
    *,
    external_id: str,
    amount_rial: int,
    receiver: Receiver,
    note: str = "",
    by: str,
    now: datetime,
) -> RefundAsked:
    """Write down that money shall go to an account, once per external_id.

    Raises Problem `invalid_iban`, `no_payout_account`, `invalid_refund_amount`,
    `receiver_name_missing`, `external_id_conflict`.
    """
    row = Transfer(
        id=new_id(),
        kind=TransferKind.PAYOUT,
        external_id=clean_number(external_id),
        route=RefundRoute.PAYOUT,
        destination=Destination.ACCOUNT,
        amount_rial=amount_rial,
        reason=RefundReason.OTHER,
        note=normalise(note)[:_MAX_NOTE],
        records_return=False,
        requested_at=now,
        requested_by=by,
    )
    receiver = checked(receiver)
    if not receiver.name:
        raise Problem(
            "receiver_name_missing",
            _("Say whose account it is."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"first_name": [_("Give a name.")]},
        )
    keep(row, receiver, active_business_id())
    row.fingerprint = fingerprint(row, amount_rial, receiver)
    if earlier := known(row):
        return earlier
    row.account, offered = paying_account(amount_rial)
    row.expected_at = expected_by(RefundRoute.PAYOUT, offered.usually, now)
    begin(row, Waiting.LIMIT, now)
    return write(row)
