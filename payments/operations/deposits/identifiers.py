"""Giving customers and payments their deposit identifiers, and taking them back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.ids import new_id
from core.numbers import BadNumber, read_iban
from core.tenancy import acting_for, active_business_id, operation
from customers.operations import CustomerHint, find_or_create
from customers.queries import CustomerView, customer_view
from payments.enums import AlertKind, PaymentState
from payments.enums.deposits import CheckDigits, IdentifierState
from payments.models import BankAccount, DepositIdentifier, Payment
from payments.models.tokens import new_public_token
from payments.operations.alerts import raise_alert
from payments.operations.create import locked
from payments.operations.deposits.digits import mint
from payments.operations.deposits.rows import locked_account
from payments.operations.deposits.wire import DepositLine, line_of
from payments.operations.schedule import LEASE, next_in_doubt
from payments.providers.contract import Identifier, IdentifierRequest
from payments.providers.contract import IdentifierState as Told
from payments.queries.deposits import receiving_accounts

# A transfer may wait for a PAYA cycle over a holiday; the payment waits as long.
WAITS_FOR: Final = timedelta(days=5)
_OPEN: Final = (IdentifierState.PENDING, IdentifierState.ACTIVE)
_SOURCE: Final = "deposit"


@operation
def issue_identifier(
    *,
    account_id: UUID | None = None,
    customer_id: UUID | None = None,
    payment_id: UUID | None = None,
    expected_rial: int | None = None,
    sources: Sequence[str] = (),
    now: datetime,
) -> DepositIdentifier:
    """Give a customer (for good) or a payment its identifier; asking again returns the same one.

    Without an account it is the first active one's. An own one is active at once; a provider's is
    asked for by the worker. Raises NotFound, Problem `identifier_of_nobody`, `invalid_iban`,
    `payment_not_open`, `no_bank_account`, `bank_account_closed`.
    """
    _check_owner(customer_id, payment_id)
    account = _open_account(account_id or _first_account())
    person, payment = _owner(customer_id, payment_id)
    known = _known(account, customer_id, payment_id)
    if known is not None:
        return known
    row = DepositIdentifier(
        id=new_id(),
        account=account,
        customer_id=customer_id,
        payment=payment,
        expected_rial=expected_rial,
        sources=[_iban(one) for one in sources],
        created_at=now,
    )
    if account.provider_account_id is None:
        _mint(row, account)
    else:
        row.callback_token = new_public_token(active_business_id())
        row.next_try_at = now
        row.save(force_insert=True)
    if payment is not None:
        _wait_for_bank(payment, now)
    elif person is not None and row.digits:
        _know_by(person, row.digits, now)
    return row


@operation
def close_identifier(*, identifier_id: UUID, now: datetime) -> DepositIdentifier:
    """Take no more money under an identifier from now on. Raises NotFound."""
    rows = DepositIdentifier.objects.select_for_update()
    row = rows.filter(id=identifier_id).first()
    if row is None:
        raise NotFound(_("There is no such identifier."))
    if row.state in _OPEN:
        row.state, row.closed_at = IdentifierState.CLOSED, now
        # The provider is told by the worker.
        row.next_try_at, row.tries = (now, 0) if row.callback_token else (None, 0)
        row.save()
    return row


def run_identifier(*, business_id: UUID, identifier_id: UUID, now: datetime) -> bool:
    """Ask the provider for an identifier, or where it stands, or tell it to close one.

    Run outside any scope. The provider knows an identifier by our reference, so that asking
    twice makes one.
    """
    work = _take(business_id, identifier_id, now)
    if work is None:
        return False
    line, asked, closing, first = work
    if closing:
        heard = line.close(asked.reference)
    elif first:
        heard = line.issue(asked)
    else:
        heard = line.inquire_identifier(asked.reference)
        if heard.state is None and heard.outcome.value == "declined":
            heard = line.issue(asked)
    with acting_for(business_id, durable=True):
        _apply(identifier_id, heard, now, closing=closing)
    return True


def _check_owner(customer_id: UUID | None, payment_id: UUID | None) -> None:
    """Refuse strangers before anything is locked: accounts are locked before payments."""
    if customer_id is not None and customer_view(customer_id) is None:
        raise NotFound(_("There is no such customer."))
    if payment_id is not None and not Payment.objects.filter(id=payment_id).exists():
        raise NotFound(_("There is no such payment."))


def _open_account(account_id: UUID) -> BankAccount:
    """Return a bank account that takes deposits, locked."""
    account = locked_account(account_id)
    if not account.is_active:
        raise Problem(
            "bank_account_closed",
            _("This bank account takes no more deposits."),
            status=HTTPStatus.CONFLICT,
        )
    return account


def _first_account() -> UUID:
    found: UUID | None = receiving_accounts().values_list("id", flat=True).first()
    if found is None:
        raise Problem(
            "no_bank_account",
            _("First add a bank account in the deposits' settings."),
            status=HTTPStatus.CONFLICT,
        )
    return found


def _owner(
    customer_id: UUID | None, payment_id: UUID | None
) -> tuple[CustomerView | None, Payment | None]:
    person = customer_view(customer_id) if customer_id else None
    if customer_id is not None and person is None:
        raise NotFound(_("There is no such customer."))
    payment = locked(payment_id) if payment_id else None
    if payment is not None and payment.state not in {
        PaymentState.CREATED,
        PaymentState.PROCESSING,
    }:
        raise Problem(
            "payment_not_open",
            _("This payment is not waiting for money."),
            status=HTTPStatus.CONFLICT,
            extra={"payment_status": payment.state},
        )
    if person is None and payment is None:
        raise Problem("identifier_of_nobody", _("Name a customer or a payment."))
    return person, payment


def _known(
    account: BankAccount, customer_id: UUID | None, payment_id: UUID | None
) -> DepositIdentifier | None:
    rows = DepositIdentifier.objects.filter(account=account, state__in=_OPEN)
    if payment_id is not None:
        return rows.filter(payment_id=payment_id).first()
    return rows.filter(Q(customer_id=customer_id), payment=None).first()


def _mint(row: DepositIdentifier, account: BankAccount) -> None:
    """Write an own identifier of the account's next number; the account's row is locked."""
    check = CheckDigits(account.check_digits)
    try:
        row.digits = mint(account.prefix, account.next_number, account.customer_digits, check)
    except OverflowError as error:
        raise Problem(
            "identifiers_used_up",
            _("All identifiers of this account are given out; make its customer part longer."),
            status=HTTPStatus.CONFLICT,
        ) from error
    BankAccount.objects.filter(id=account.id).update(next_number=F("next_number") + 1)
    row.state = IdentifierState.ACTIVE
    row.iban, row.owner, row.bank = account.iban, account.owner, account.bank
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # A prefix that was changed may lead to digits given out before; the next number will do.
        account.refresh_from_db(fields=["next_number"])
        _mint(row, account)


def _wait_for_bank(payment: Payment, now: datetime) -> None:
    """A transfer takes days, and its payer left nothing unfinished."""
    payment.expires_at = max(payment.expires_at, now + WAITS_FOR)
    payment.remind_at = None
    payment.save(update_fields=["expires_at", "remind_at"])


def _know_by(person: CustomerView, digits: str, now: datetime) -> None:
    """The identifier is also the customer's number: it recognises them at the till."""
    hint = CustomerHint(member_code=person.member_code, external_id=digits)
    find_or_create(customer=hint, source=_SOURCE, now=now)


def _iban(typed: str) -> str:
    try:
        return read_iban(typed)
    except BadNumber as error:
        raise Problem(
            "invalid_iban",
            _("This is not an IBAN."),
            fields={"sources": [_("Give IR and 24 digits.")]},
        ) from error


def _take(
    business_id: UUID, identifier_id: UUID, now: datetime
) -> tuple[DepositLine, IdentifierRequest, bool, bool] | None:
    with acting_for(business_id, durable=True):
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        taken = DepositIdentifier.objects.filter(
            free, id=identifier_id, next_try_at__lte=now
        ).update(leased_until=now + LEASE, tries=F("tries") + 1)
        if not taken:
            return None
        row = DepositIdentifier.objects.select_related(
            "account__provider_account", "customer", "payment"
        ).get(id=identifier_id)
        closing = row.state == IdentifierState.CLOSED
        return line_of(row.account, now=now), _request(row), closing, row.tries == 1


def _request(row: DepositIdentifier) -> IdentifierRequest:
    hint = row.payment.customer_hint if row.payment is not None else {}
    person = row.customer
    return IdentifierRequest(
        reference=str(row.id),
        full_name=(person.name if person else hint.get("name", "")) or str(_("Customer")),
        mobile=(person.mobile if person else hint.get("mobile", "")) or "",
        ibans=tuple(row.sources),
        callback_url=settings.BASE_URL
        + reverse("payments:deposit-event", args=[row.callback_token]),
    )


def _apply(identifier_id: UUID, heard: Identifier, now: datetime, *, closing: bool) -> None:
    row = DepositIdentifier.objects.select_for_update().get(id=identifier_id)
    row.leased_until = None
    row.reason = heard.reason or heard.evidence.message[:500]
    if closing:
        done = heard.outcome.value in {"ok", "already", "declined"}
        row.next_try_at = None if done else next_in_doubt(row.tries - 1, now)
    elif heard.state is Told.ACTIVE and heard.identifier:
        _activate(row, heard, now)
    elif heard.state in {Told.FAILED, Told.CLOSED}:
        _fail(row, now)
    else:
        row.next_try_at = next_in_doubt(row.tries - 1, now)
        if row.next_try_at is None:
            _fail(row, now)
    row.save()


def _activate(row: DepositIdentifier, heard: Identifier, now: datetime) -> None:
    row.digits, row.next_try_at, row.reason = heard.identifier, None, ""
    row.iban, row.owner, row.bank = heard.iban, heard.owner, heard.bank
    if row.state == IdentifierState.PENDING:
        row.state = IdentifierState.ACTIVE
    person = customer_view(row.customer_id) if row.customer_id and not row.payment_id else None
    if person is not None:
        _know_by(person, row.digits, now)


def _fail(row: DepositIdentifier, now: datetime) -> None:
    if row.state == IdentifierState.PENDING:
        row.state = IdentifierState.FAILED
    row.next_try_at = None
    raise_alert(
        kind=AlertKind.DEPOSIT_TROUBLE,
        source_id=row.id,
        detail={"reason": "identifier_failed", "said": row.reason},
        now=now,
    )
