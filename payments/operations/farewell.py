"""What becomes of payments when a person is erased (rule R59): nothing may be under way."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.tenancy.personal import Whom
from customers.operations import Farewell, Outlook
from payments.enums import PaymentState
from payments.enums.debits import DEBIT_OPEN, MANDATE_IN_FORCE, MANDATE_OPEN
from payments.enums.deposits import DepositState, IdentifierState
from payments.enums.instalments import PlanState
from payments.enums.refunds import RefundState
from payments.models import (
    Debit,
    Deposit,
    DepositIdentifier,
    InstalmentPlan,
    Mandate,
    Payment,
    Quote,
    Transfer,
)
from payments.operations.deposits.identifiers import close_identifier
from payments.operations.quotes.withdraw import withdraw_quote

_PAYMENT: Final = (PaymentState.CREATED, PaymentState.PROCESSING, PaymentState.NEEDS_REVIEW)
_REFUND: Final = (
    RefundState.AWAITING_APPROVAL,
    RefundState.REQUESTED,
    RefundState.SUBMITTED,
    RefundState.UNKNOWN,
    RefundState.IN_TRANSIT,
)
_DEPOSIT_DONE: Final = (DepositState.CONFIRMED, DepositState.REJECTED, DepositState.RETURNED)
_OPEN_IDENTIFIER: Final = (IdentifierState.PENDING, IdentifierState.ACTIVE)
Find = Callable[[Whom], "QuerySet[Any]"]


def _payments(whom: Whom) -> QuerySet[Payment]:
    rows = Payment.objects.filter(state__in=_PAYMENT).alias(hint=Cast("customer_hint", TextField()))
    theirs = Q(debtor_id__in=whom.ids) | Q(quote__customer_id__in=whom.ids)
    return rows.filter(theirs | Q(hint__iregex=whom.anywhere) if whom.anywhere else theirs)


def _refunds(whom: Whom) -> QuerySet[Transfer]:
    theirs = Q(payment__debtor_id__in=whom.ids) | Q(payment__purchase__customer_id__in=whom.ids)
    return Transfer.objects.filter(theirs, state__in=_REFUND)


_OPEN: Final[tuple[tuple[Find, Sentence], ...]] = (
    (_payments, _("A payment is under way: let it be paid, or cancel it.")),
    (_refunds, _("A refund is on its way.")),
    (
        lambda whom: InstalmentPlan.objects.filter(
            customer_id__in=whom.ids, state=PlanState.ACTIVE
        ),
        _("Instalments are still to be paid: collect or cancel them."),
    ),
    (
        lambda whom: Debit.objects.filter(customer_id__in=whom.ids, state__in=DEBIT_OPEN),
        _("A direct debit is due: collect or cancel it."),
    ),
    (
        lambda whom: Mandate.objects.filter(
            customer_id__in=whom.ids, state__in=(*MANDATE_OPEN, *MANDATE_IN_FORCE)
        ),
        _("A permission to debit is in force: end it."),
    ),
    (
        lambda whom: Deposit.objects.filter(identifier__customer_id__in=whom.ids).exclude(
            state__in=_DEPOSIT_DONE
        ),
        _("Money they deposited is not assigned yet."),
    ),
)


def _foresee(whom: Whom, now: datetime) -> Outlook:
    del now
    obstacles = tuple(sentence for find, sentence in _OPEN if find(whom).exists())
    told = (_("Their deposit identifiers are closed."),) if _identifiers(whom).exists() else ()
    return Outlook(obstacles, told)


def _identifiers(whom: Whom) -> QuerySet[DepositIdentifier]:
    return DepositIdentifier.objects.filter(customer_id__in=whom.ids, state__in=_OPEN_IDENTIFIER)


def _end(whom: Whom, now: datetime) -> None:
    for identifier_id in _identifiers(whom).order_by("id").values_list("id", flat=True):
        close_identifier(identifier_id=identifier_id, now=now)
    promised = Quote.objects.filter(
        Q(customer_id__in=whom.ids) | Q(mobile__in=whom.addresses),
        withdrawn_at=None,
        valid_to__gt=now,
    )
    for quote_id in promised.order_by("id").values_list("id", flat=True):
        with suppress(Problem):  # used already: its money is told by the payment
            withdraw_quote(quote_id=quote_id, now=now)


FAREWELL: Final = Farewell("payments", _foresee, _end)
