"""Which way money goes back: undone, refunded through the gateway, or sent to an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.spelling import number
from customers.operations import NewReturnLine, preview_return
from customers.queries.money_parts import money_parts
from payments.enums import AttemptState, PaymentState
from payments.enums.debits import Collects
from payments.enums.instalments import InstalmentState
from payments.enums.refunds import NOT_PAID, Destination, RefundRoute
from payments.models import Instalment, Payment, PaymentAttempt, ProviderAccount, Transfer
from payments.operations.owed_again import is_owed_again
from payments.operations.refunds.creditors import check_credit
from payments.operations.refunds.effects import check_prepaid
from payments.operations.reserve import exceeds
from payments.providers import adapter_of, product_of
from payments.providers.contract import PayoutCapabilities, RefundCapabilities
from payments.queries import accounts_for
from payments.queries.refunds import refunding_account

# A reversal asked for in the last minute would arrive too late.
_MARGIN: Final = timedelta(minutes=1)
_REVERSED_AFTER: Final = timedelta(hours=72)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A way for an amount: whom to ask, what it costs (None: not told), how long it takes."""

    payment: Payment
    attempt: PaymentAttempt | None
    account: ProviderAccount | None
    route: RefundRoute
    destination: Destination
    amount_rial: int
    fee_rial: int | None
    usually: timedelta


def amount_asked(payment: Payment, amount_rial: int | None, lines: Sequence[NewReturnLine]) -> int:
    """Return how much shall go back: the lines' worth in money, the amount, or all that is left.

    What points or gift cards paid of the lines goes back to them instead.
    """
    left = payment.amount_rial - payment.refunded_rial
    if lines and payment.purchase_id is not None:
        worth = preview_return(
            purchase_id=payment.purchase_id, lines=lines, amount_rial=amount_rial
        ).amount_rial
        parts = money_parts(payment.purchase_id)
        return parts.for_goods(worth) if parts else worth
    if not payment.amount_rial:
        raise Problem(
            "paid_by_gift_card",
            _("A gift card paid for this; record the return of the goods, and it fills the card."),
            status=HTTPStatus.CONFLICT,
        )
    if amount_rial is None and left <= 0:
        raise exceeds(payment)
    amount = left if amount_rial is None else amount_rial
    if amount <= 0:
        raise _bad_amount(_("An amount must be more than zero."))
    return amount


def plan_for(payment: Payment, amount_rial: int, destination: Destination, now: datetime) -> Plan:
    """Find the way. Raises Problem when there is none, and says what would help."""
    if payment.state != PaymentState.SETTLED:
        raise Problem(
            "payment_not_refundable",
            _("Only a paid payment can be given back."),
            status=HTTPStatus.CONFLICT,
            extra={"payment_status": payment.state},
        )
    if destination is Destination.STORE_CREDIT:
        check_credit(payment, amount_rial, now)
        return _as_credit(payment, amount_rial)
    _check_whole(payment, amount_rial)
    if payment.collects == Collects.PREPAID:
        check_prepaid(payment.id)
    attempt = _paid_attempt(payment)
    if destination is Destination.ACCOUNT:
        return _to_account(payment, attempt, amount_rial)
    if attempt is not None and _can_reverse(payment, attempt, amount_rial, now):
        return _undone(payment, attempt)
    return through_gateway(payment, attempt, amount_rial)


def through_gateway(
    payment: Payment,
    attempt: PaymentAttempt | None,
    amount_rial: int,
    *,
    besides: Transfer | None = None,
) -> Plan:
    """Return the way back to the paying card as new money. Raises Problem when it is closed.

    `besides` is the refund the way is for, when it exists already.
    """
    account = refunding_account(attempt) if attempt is not None else None
    refunder = product_of(account.provider).refunds if account is not None else None
    if attempt is None or account is None or refunder is None:
        raise Problem(
            "refund_needs_account",
            _("The gateway cannot send this money back to the card; name a bank account."),
            status=HTTPStatus.CONFLICT,
        )
    offered = refunder.refunds
    _check_least(amount_rial, offered)
    if not offered.partial and amount_rial != payment.amount_rial:
        raise _bad_amount(_("This gateway sends back only the whole payment."))
    if offered.once and _others(payment, besides):
        raise Problem(
            "refund_once_only",
            _("This gateway takes one refund for each payment, and it had one."),
            status=HTTPStatus.CONFLICT,
        )
    return Plan(
        payment=payment,
        attempt=attempt,
        account=account,
        route=RefundRoute.GATEWAY,
        destination=Destination.SAME_CARD,
        amount_rial=amount_rial,
        fee_rial=offered.fee_rial,
        usually=offered.usually,
    )


def paying_account(amount_rial: int) -> tuple[ProviderAccount, PayoutCapabilities]:
    """Return the account that sends money to other accounts. Raises Problem."""
    account = next(iter(accounts_for("payouts")), None)
    payouts = product_of(account.provider).payouts if account is not None else None
    if account is None or payouts is None:
        raise Problem(
            "no_payout_account",
            _("First connect a provider that sends money to bank accounts."),
            status=HTTPStatus.CONFLICT,
        )
    _check_least(amount_rial, payouts.payouts)
    return account, payouts.payouts


def returns_goods(payment: Payment, *, asked: bool) -> bool:
    """Tell whether a refund returns goods: a debt's payment only when the debt is over.

    While the debt stands its sale stands too, and the money is owed again.
    """
    if payment.collects != Collects.RECEIVABLE:
        return asked
    return not is_owed_again(payment)


def kept_line(line: NewReturnLine) -> dict[str, Any]:
    """Return a line as its refund keeps it."""
    return {
        "position": line.position,
        "sku": line.sku,
        "quantity": None if line.quantity is None else str(line.quantity),
        "amount_rial": line.amount_rial,
    }


def line_kept(kept: dict[str, Any]) -> NewReturnLine:
    """Return the line a refund kept."""
    quantity = kept["quantity"]
    return NewReturnLine(**{**kept, "quantity": None if quantity is None else Decimal(quantity)})


def _to_account(payment: Payment, attempt: PaymentAttempt | None, amount_rial: int) -> Plan:
    account, offered = paying_account(amount_rial)
    return Plan(
        payment=payment,
        attempt=attempt,
        account=account,
        route=RefundRoute.PAYOUT,
        destination=Destination.ACCOUNT,
        amount_rial=amount_rial,
        fee_rial=offered.fee_rial,
        usually=offered.usually,
    )


def _as_credit(payment: Payment, amount_rial: int) -> Plan:
    return Plan(
        payment=payment,
        attempt=None,
        account=None,
        route=RefundRoute.CREDIT,
        destination=Destination.STORE_CREDIT,
        amount_rial=amount_rial,
        fee_rial=0,
        usually=timedelta(0),
    )


def _undone(payment: Payment, attempt: PaymentAttempt) -> Plan:
    return Plan(
        payment=payment,
        attempt=attempt,
        account=attempt.account,
        route=RefundRoute.REVERSE,
        destination=Destination.SAME_CARD,
        amount_rial=payment.amount_rial,
        fee_rial=0,
        usually=_REVERSED_AFTER,
    )


def _paid_attempt(payment: Payment) -> PaymentAttempt | None:
    rows = PaymentAttempt.objects.select_related("account")
    return rows.filter(payment=payment, state=AttemptState.CONFIRMED).first()


def _can_reverse(
    payment: Payment, attempt: PaymentAttempt, amount_rial: int, now: datetime
) -> bool:
    if amount_rial != payment.amount_rial or payment.refunded_rial:
        return False
    offered = adapter_of(attempt.account.provider).capabilities
    began = attempt.confirmed_at or attempt.started_at
    return offered.reverse and now <= began + offered.reverse_window - _MARGIN


def _check_whole(payment: Payment, amount_rial: int) -> None:
    """An instalment is paid or owed, never half: its money goes back as a whole."""
    left = payment.amount_rial - payment.refunded_rial
    paid = Instalment.objects.filter(payment=payment, state=InstalmentState.PAID)
    if amount_rial < left and is_owed_again(payment) and paid.exists():
        raise Problem(
            "instalment_goes_back_whole",
            _("The payment of an instalment goes back whole; the instalment is then owed again."),
            status=HTTPStatus.CONFLICT,
            fields={"amount": [_("Leave it empty, or give the whole amount.")]},
        )


def _others(payment: Payment, besides: Transfer | None) -> bool:
    rows = Transfer.objects.filter(payment=payment, route=RefundRoute.GATEWAY)
    rows = rows.exclude(state__in=NOT_PAID)
    return (rows.exclude(id=besides.id) if besides else rows).exists()


def _check_least(amount_rial: int, offered: RefundCapabilities | PayoutCapabilities) -> None:
    if amount_rial < offered.min_rial:
        raise _bad_amount(
            _("The provider sends no less than %(least)s rial.")
            % {"least": number(offered.min_rial)}
        )


def _bad_amount(detail: Sentence) -> Problem:
    return Problem(
        "invalid_refund_amount",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={"amount": [detail]},
    )
