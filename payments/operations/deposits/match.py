"""Whom a deposit is for. Only an exact match credits; anything weaker is a reason to ask.

Nothing is written here: a verdict is what a person would say who looks at one bank row.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, Sum

from core.money import looks_like_wrong_unit
from customers.queries import customer_view
from payments.enums import ENDED_UNPAID, PaymentState
from payments.enums.deposits import (
    AllocationState,
    CheckDigits,
    DepositReason,
    DepositState,
    IdentifierState,
    SignatureState,
)
from payments.models import (
    AmountSignature,
    Deposit,
    DepositAllocation,
    DepositIdentifier,
    Payment,
)
from payments.operations.deposits.digits import (
    LEAST_IN_TEXT,
    candidates,
    is_well_typed,
    read_digits,
    runs_in,
)

_KNOWN: Final = (IdentifierState.ACTIVE, IdentifierState.CLOSED)
_SHOWN: Final = 3
_MINUTE: Final = timedelta(minutes=1)
# Longer runs of digits are no identifier, and the slips of one would be hundreds.
_LONGEST: Final = 40
# Of a customer's open payments, the oldest that are compared with what came.
_MOST_OPEN: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a row means. Without a reason it is exact: for a payment, or a customer's own.

    `added_rial` is the signature's part of the amount, which nobody bought anything for.
    """

    reason: DepositReason | None = None
    identifier: DepositIdentifier | None = None
    payment_id: UUID | None = None
    customer_id: UUID | None = None
    signature_id: UUID | None = None
    added_rial: int = 0
    hints: dict[str, Any] = field(default_factory=dict)


def judge(deposit: Deposit) -> Verdict:
    """Return what a deposit's row means; `deposit.row` and `deposit.account` are loaded."""
    if deposit.hints.get("doubted"):
        return Verdict(reason=DepositReason.PROVIDER_DOUBT, hints=_guesses(deposit))
    digits = read_digits(deposit.row.identifier)
    identifier = _named(deposit, digits) if digits else _in_text(deposit)
    if identifier is not None:
        return _of_identifier(deposit, identifier)
    if digits:
        return _unknown(deposit, digits)
    return _by_amount(deposit) or Verdict(
        reason=DepositReason.NO_IDENTIFIER, hints=_guesses(deposit)
    )


def left_of(payment: Payment) -> int:
    """Return how much of a payment is not yet promised by a deposit."""
    held = DepositAllocation.objects.filter(payment=payment).exclude(state=AllocationState.RELEASED)
    return payment.amount_rial - (held.aggregate(n=Sum("amount_rial"))["n"] or 0)


def _named(deposit: Deposit, digits: str) -> DepositIdentifier | None:
    rows = DepositIdentifier.objects.filter(account_id=deposit.account_id, state__in=_KNOWN)
    return rows.filter(digits=digits).select_related("payment").first()


def _in_text(deposit: Deposit) -> DepositIdentifier | None:
    """Return the one identifier a bank's free text names; check digits or length must prove it."""
    runs = runs_in(deposit.row.description)
    if not runs or deposit.account.check_digits == CheckDigits.NONE:
        return None
    rows = DepositIdentifier.objects.filter(
        account_id=deposit.account_id, state__in=_KNOWN, digits__in=runs
    ).select_related("payment")
    found = list(rows[:2])
    return found[0] if len(found) == 1 and len(found[0].digits) >= LEAST_IN_TEXT else None


def _unknown(deposit: Deposit, digits: str) -> Verdict:
    own = deposit.account.provider_account_id is None
    mistyped = own and not is_well_typed(digits, CheckDigits(deposit.account.check_digits))
    meant = DepositIdentifier.objects.filter(
        account_id=deposit.account_id,
        state=IdentifierState.ACTIVE,
        digits__in=list(candidates(digits)) if len(digits) <= _LONGEST else [],
    )
    hints = {**_guesses(deposit), "meant": list(meant.values_list("digits", flat=True)[:_SHOWN])}
    slip = mistyped or bool(hints["meant"])
    reason = DepositReason.MISTYPED if slip else DepositReason.UNKNOWN_IDENTIFIER
    return Verdict(reason=reason, hints=hints)


def _of_identifier(deposit: Deposit, identifier: DepositIdentifier) -> Verdict:
    reason = _door(deposit, identifier)
    if reason is None and identifier.payment is not None:
        return _for_payment(deposit, identifier, identifier.payment)
    if reason is None:
        return _for_customer(deposit, identifier)
    return Verdict(reason=reason, identifier=identifier, hints=_pointing_to(identifier))


def _door(deposit: Deposit, identifier: DepositIdentifier) -> DepositReason | None:
    """Return why the identifier may not be used by this row, if it may not."""
    if identifier.closed_at is not None and identifier.closed_at <= deposit.at:
        return DepositReason.CLOSED_IDENTIFIER
    if identifier.sources and deposit.row.source_iban not in identifier.sources:
        return DepositReason.UNREGISTERED_SOURCE
    return DepositReason.DUPLICATE if _is_twin(deposit, identifier) else None


def _is_twin(deposit: Deposit, identifier: DepositIdentifier) -> bool:
    """Tell whether the same sum came under the same identifier a moment before or after."""
    near = timedelta(seconds=deposit.account.duplicate_seconds)
    others = Deposit.objects.filter(
        identifier=identifier,
        amount_rial=deposit.amount_rial,
        at__gte=deposit.at - near,
        at__lte=deposit.at + near,
    ).exclude(id=deposit.id)
    return others.exclude(state=DepositState.DETECTED).exists()


def _for_payment(deposit: Deposit, identifier: DepositIdentifier, payment: Payment) -> Verdict:
    reason = _fit(deposit, payment)
    return Verdict(
        reason=reason,
        identifier=identifier,
        payment_id=payment.id,
        customer_id=identifier.customer_id,
        hints=_pointing_to(identifier) if reason else {},
    )


def _fit(deposit: Deposit, payment: Payment) -> DepositReason | None:
    """Return why a deposit does not simply pay a payment."""
    if payment.state in ENDED_UNPAID:
        return DepositReason.LATE
    if payment.state != PaymentState.CREATED:
        return DepositReason.PAID_ALREADY
    if deposit.at > payment.expires_at:
        return DepositReason.LATE
    return _difference(deposit.amount_rial, left_of(payment))


def _difference(came: int, asked: int) -> DepositReason | None:
    if came == asked:
        return None
    if asked <= 0:
        return DepositReason.PAID_ALREADY
    if looks_like_wrong_unit(asked, came):
        return DepositReason.TENFOLD
    return DepositReason.OVER if came > asked else DepositReason.UNDER


def _for_customer(deposit: Deposit, identifier: DepositIdentifier) -> Verdict:
    """A customer's own identifier pays what they owe, or is a purchase of its own."""
    mine = _open_payments(identifier.customer_id)
    exact = next((one for one in mine if left_of(one) == deposit.amount_rial), None)
    if exact is not None:
        return Verdict(
            identifier=identifier, payment_id=exact.id, customer_id=identifier.customer_id
        )
    reason = _customers_reason(deposit, identifier, mine)
    hints = {**_pointing_to(identifier), **({"payment_id": str(mine[0].id)} if mine else {})}
    return Verdict(
        reason=reason,
        identifier=identifier,
        customer_id=identifier.customer_id,
        hints=hints if reason else {},
    )


def _customers_reason(
    deposit: Deposit, identifier: DepositIdentifier, mine: list[Payment]
) -> DepositReason | None:
    if mine:
        wrong = (_difference(deposit.amount_rial, left_of(one)) for one in mine)
        return next((why for why in wrong if why is DepositReason.TENFOLD), None) or _difference(
            deposit.amount_rial, left_of(mine[0])
        )
    if identifier.expected_rial is not None:
        return _difference(deposit.amount_rial, identifier.expected_rial)
    if identifier.sources or deposit.account.any_source:
        return None
    return DepositReason.UNREGISTERED_SOURCE


def _open_payments(customer_id: UUID | None) -> list[Payment]:
    """Return what a customer is asked to pay, oldest first."""
    person = customer_view(customer_id) if customer_id else None
    if person is None:
        return []
    named = Q(customer_hint__member_code=person.member_code)
    if person.mobile:
        named |= Q(customer_hint__mobile=person.mobile)
        named |= Q(customer_hint__mobile=f"0{person.mobile.removeprefix('+98')}")
    rows = Payment.objects.filter(named, state=PaymentState.CREATED)
    return list(rows.order_by("created_at")[:_MOST_OPEN])


def _by_amount(deposit: Deposit) -> Verdict | None:
    """A few rial too many name a payment, within the minutes they were lent to it for.

    Banks tell minutes, not seconds, so an amount counts from a minute before it was lent; it is
    not lent again so soon.
    """
    rows = AmountSignature.objects.filter(
        account_id=deposit.account_id,
        amount_rial=deposit.amount_rial,
        created_at__lte=deposit.at + _MINUTE,
    )
    newest = rows.select_related("payment").order_by("-created_at").first()
    if newest is None:
        return None
    payment, reason = newest.payment, _signature_reason(deposit, newest)
    return Verdict(
        reason=reason,
        payment_id=payment.id,
        signature_id=newest.id,
        added_rial=newest.added_rial,
        hints={"payment_id": str(payment.id)} if reason else {},
    )


def _signature_reason(deposit: Deposit, lent: AmountSignature) -> DepositReason | None:
    if lent.state == SignatureState.USED:
        return DepositReason.DUPLICATE
    if not deposit.row.has_time or deposit.at > lent.expires_at:
        return DepositReason.LATE
    return _state_reason(lent.payment)


def _state_reason(payment: Payment) -> DepositReason | None:
    if payment.state in ENDED_UNPAID:
        return DepositReason.LATE
    whole = payment.state == PaymentState.CREATED and left_of(payment) == payment.amount_rial
    return None if whole else DepositReason.PAID_ALREADY


def _pointing_to(identifier: DepositIdentifier) -> dict[str, Any]:
    named = {"payment_id": identifier.payment_id, "customer_id": identifier.customer_id}
    return {name: str(value) for name, value in named.items() if value}


def _guesses(deposit: Deposit) -> dict[str, Any]:
    """Return weak signs for a person: who registered the source, which open sums are equal."""
    guesses: dict[str, Any] = {}
    iban = deposit.row.source_iban
    if iban:
        owners = DepositIdentifier.objects.filter(
            sources__contains=[iban], customer__isnull=False
        ).values_list("customer_id", flat=True)
        guesses["customer_ids"] = [str(one) for one in owners.distinct()[:_SHOWN]]
    equal = Payment.objects.filter(
        state=PaymentState.CREATED, amount_rial=deposit.amount_rial
    ).order_by("-created_at")
    guesses["payment_ids"] = [str(one) for one in equal.values_list("id", flat=True)[:_SHOWN]]
    return {name: value for name, value in guesses.items() if value}
