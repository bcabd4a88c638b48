"""A fee for being late: charged once an instalment as its contract says, paid, let go, owed again.

It is a debt beside the instalment's own: no sale, no interest, no points.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from core.calendar import business_day
from core.errors import NotFound
from core.spelling import spelled
from core.tenancy import operation
from customers.operations import CustomerHint
from customers.queries.people import customer_view
from payments.enums import BookAccount, PaymentState, check_move
from payments.enums.instalments import LATE_FEE_MOVES, LateFeeState
from payments.models import Instalment, InstalmentPlan, LateFee, Payment
from payments.operations.create import Asked, Debt, create_payment
from payments.operations.journal import post_money
from payments.queries.instalments.credit import credit_terms

_OVER: Final = (PaymentState.EXPIRED, PaymentState.CANCELLED, PaymentState.REVERSED)
_PAYABLE_FOR: Final = timedelta(days=60)


def charge_if_late(
    plan: InstalmentPlan, part: Instalment, *, zone: ZoneInfo, now: datetime
) -> LateFee | None:
    """Charge what the contract says for an instalment that is late enough; None: nothing new.

    Call it in the step that tells the customer, under the instalment's lock.
    """
    days = timedelta(days=credit_terms().grace_days + plan.late_fee_after_days)
    late = part.due_on + days < business_day(now, zone)
    if not plan.late_fee_rial or not late or LateFee.objects.filter(instalment=part).exists():
        return None
    fee = LateFee.objects.create(instalment=part, amount_rial=plan.late_fee_rial, charged_at=now)
    _post("late_fee", fee, plan, fee.amount_rial, now)
    return fee


@operation
def ask_for_late_fee(*, late_fee_id: UUID, now: datetime) -> Asked | None:
    """Return a payment for an open fee, the same one while it can be paid; None when none is owed.

    Raises NotFound.
    """
    fee = _locked(late_fee_id)
    if fee.state != LateFeeState.OPEN:
        return None
    earlier = fee.payment
    if earlier is not None and earlier.state not in _OVER and earlier.expires_at > now:
        return Asked(earlier.id, PaymentState(earlier.state), earlier.pay_token, repeated=True)
    plan, number = fee.instalment.plan, fee.instalment.number
    person = customer_view(plan.customer_id)
    with translation.override("fa"):
        title = _("%(title)s, fee for the late instalment %(number)s") % {
            "title": plan.title or plan.external_id,
            "number": spelled(str(number)),
        }
    prefix = f"{plan.external_id}-late-{number}-"
    tries = Payment.objects.filter(external_id__startswith=prefix).count()
    asked = create_payment(
        external_id=f"{prefix}{tries + 1}",
        amount_rial=fee.amount_rial,
        description=title,
        customer=CustomerHint(mobile=person.mobile) if person and person.mobile else None,
        payable_for=_PAYABLE_FOR,
        debt=Debt(plan.customer_id, None),
        now=now,
    )
    LateFee.objects.filter(id=fee.id).update(payment=asked.id)
    return asked


@operation
def settle_late_fee(*, payment_id: UUID, now: datetime) -> bool:
    """Note that a fee is paid; return whether the payment was of one. Repeatable."""
    fee = LateFee.objects.select_for_update().filter(payment_id=payment_id).first()
    if fee is None:
        return False
    if fee.state == LateFeeState.OPEN:
        _move(fee, LateFeeState.PAID, now)
    return True


@operation
def reopen_late_fee(*, payment_id: UUID) -> bool:
    """Owe a fee again whose payment went back; return whether it was paid by it."""
    fee = LateFee.objects.select_for_update().filter(payment_id=payment_id).first()
    if fee is None or fee.state != LateFeeState.PAID:
        return False
    fee.payment = None
    _move(fee, LateFeeState.OPEN, None)
    return True


@operation
def waive_late_fee(*, late_fee_id: UUID, by: str, now: datetime) -> LateFeeState:
    """Let an open fee go; again, or once paid, it changes nothing. Raises NotFound."""
    fee = _locked(late_fee_id)
    if fee.state == LateFeeState.OPEN:
        _let_go(fee, by, now)
    return LateFeeState(fee.state)


def waive_fees_of(plan: InstalmentPlan, by: str, now: datetime) -> None:
    """Let every open fee of a plan go: its goods came back."""
    rows = LateFee.objects.select_for_update(of=("self",)).select_related("instalment__plan")
    for fee in rows.filter(instalment__plan=plan, state=LateFeeState.OPEN):
        _let_go(fee, by, now)


def _let_go(fee: LateFee, by: str, now: datetime) -> None:
    fee.waived_by = by
    _move(fee, LateFeeState.WAIVED, now)
    _post("late_fee_waived", fee, fee.instalment.plan, -fee.amount_rial, now)


def _locked(late_fee_id: UUID) -> LateFee:
    rows = LateFee.objects.select_for_update(of=("self",)).select_related("instalment__plan")
    fee = rows.filter(id=late_fee_id).first()
    if fee is None:
        raise NotFound(_("There is no such fee."))
    return fee


def _move(fee: LateFee, state: LateFeeState, ended_at: datetime | None) -> None:
    check_move(LATE_FEE_MOVES, fee.state, state)
    fee.state, fee.ended_at = state, ended_at
    fee.save()


def _post(kind: str, fee: LateFee, plan: InstalmentPlan, rial: int, now: datetime) -> None:
    lines = {
        (BookAccount.RECEIVABLE, str(plan.customer_id)): rial,
        (BookAccount.LATE_FEES, ""): -rial,
    }
    post_money(kind=kind, source_id=fee.id, lines=lines, now=now)
