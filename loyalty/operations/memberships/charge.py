"""Asking for a period's price, by mandate or by a payment, and taking the question back."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy

from core.errors import Problem
from customers.enums import CustomerStatus
from customers.operations import CustomerHint, NewLine
from customers.queries import CustomerView, customer_view
from loyalty.enums import PERIOD_MOVES, PeriodState
from loyalty.models import MembershipPeriod
from loyalty.operations.memberships.hold import Held
from loyalty.queries.memberships import title_of
from payments.enums import PaymentState, check_move
from payments.enums.debits import DEBIT_OPEN, MANDATE_IN_FORCE
from payments.operations import Asked, cancel_payment, create_payment
from payments.operations.debits import NewDebit, cancel_debit, schedule_debits
from payments.queries import payment_by_id
from payments.queries.mandates import debit_by_id, mandate_by_id

OWNER: Final = "membership"
# The number of every payment and debit of a membership begins so.
PREFIX: Final = "membership-"
_OVER: Final = (PaymentState.EXPIRED, PaymentState.CANCELLED, PaymentState.REVERSED)


def new_period(held: Held, starts_on: date, ends_on: date, now: datetime) -> MembershipPeriod:
    """Write the next period; two at once cannot both be open."""
    earlier = MembershipPeriod.objects.filter(membership=held.row).order_by("-number").first()
    period = MembershipPeriod(
        membership=held.row,
        number=earlier.number + 1 if earlier else 1,
        starts_on=starts_on,
        ends_on=ends_on,
        price_rial=held.plan.price_rial,
        created_at=now,
    )
    period.save(force_insert=True)
    held.waiting = period
    return period


def charge(held: Held, period: MembershipPeriod, due_at: datetime, now: datetime) -> bool:
    """Make the period's one debit when a mandate is in force; return whether it was made.

    Its owner announces it, so the debit itself says nothing before.
    """
    row = held.row
    mandate = mandate_by_id(row.mandate_id) if row.mandate_id else None
    if mandate is None or mandate.state not in MANDATE_IN_FORCE:
        return False
    debit = NewDebit(
        mandate_id=mandate.id,
        external_id=f"{PREFIX}{period.id}",
        amount_rial=period.price_rial,
        due_at=due_at,
        give_up_at=held.start_of(held.today(due_at) + held.grace),
        description=_title(held),
        source_kind=OWNER,
        source_id=period.id,
        announced=True,
    )
    try:
        [period.debit_id] = schedule_debits(debits=[debit], now=now)
    except Problem:
        # Narrowed or ended meanwhile: the member is asked by a payment instead.
        return False
    period.save(update_fields=["debit"])
    return True


def ask(held: Held, period: MembershipPeriod, until: datetime, now: datetime) -> Asked:
    """Return a payment for the period, the same one while it can be paid.

    Raises what asking for a payment raises, and Problem `mobile_missing`.
    """
    earlier = payment_by_id(period.payment_id) if period.payment_id else None
    if earlier is not None and earlier.state not in _OVER and earlier.expires_at > now:
        return Asked(earlier.id, PaymentState(earlier.state), earlier.pay_token, repeated=True)
    period.asks += 1
    asked = create_payment(
        external_id=f"{PREFIX}{period.id}-{period.asks}",
        amount_rial=period.price_rial,
        description=_title(held),
        customer=CustomerHint(mobile=member(held).mobile),
        lines=(NewLine(name=_title(held), unit_price_rial=period.price_rial),),
        payable_for=max(until - now, held.grace),
        now=now,
    )
    period.payment_id = asked.id
    period.save(update_fields=["asks", "payment"])
    return asked


def take_back(held: Held, now: datetime) -> None:
    """Take back what was asked for the waiting period: it is never paid.

    Raises Problem `renewal_under_way` while money may be on its way; then nothing is taken back.
    """
    period = held.waiting
    if period is None:
        return
    try:
        with transaction.atomic():
            _cancel(period, now)
    except Problem as problem:
        raise Problem(
            "renewal_under_way",
            gettext_lazy("The price of the next period is at the bank now; try again later."),
            status=HTTPStatus.CONFLICT,
        ) from problem
    close(period, PeriodState.UNPAID)
    held.waiting = None


def close(period: MembershipPeriod, state: PeriodState) -> None:
    """Write what became of a period."""
    check_move(PERIOD_MOVES, period.state, state)
    period.state = state
    period.save()


def member(held: Held) -> CustomerView:
    """Return the member as one who can be told things. Raises Problem `mobile_missing`."""
    person = customer_view(held.row.customer_id)
    if person is None or person.mobile is None or person.status == CustomerStatus.ERASED:
        raise Problem(
            "mobile_missing",
            gettext_lazy("A member needs a mobile number, to be told before every renewal."),
            status=HTTPStatus.CONFLICT,
        )
    return person


def _title(held: Held) -> str:
    with translation.override("fa"):
        return title_of(held.plan.name)


def _cancel(period: MembershipPeriod, now: datetime) -> None:
    payment = payment_by_id(period.payment_id) if period.payment_id else None
    if payment is not None and payment.state not in _OVER:
        cancel_payment(payment_id=payment.id, now=now)
    debit = debit_by_id(period.debit_id) if period.debit_id else None
    if debit is not None and debit.state in DEBIT_OPEN:
        cancel_debit(debit_id=debit.id, now=now)
