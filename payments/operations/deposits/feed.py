"""Reading a provider's feed of deposits, and hints that there is something to read."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from core.calendar import TEHRAN
from core.tenancy import acting_for
from payments.enums.deposits import RowSource
from payments.models import BankAccount, Deposit, DepositIdentifier
from payments.models.tokens import business_of_token
from payments.operations.deposits.credit import locked_deposit
from payments.operations.deposits.rows import HeardRow, hear_rows
from payments.operations.deposits.run import run_deposit, told_of
from payments.operations.deposits.wire import DepositLine, line_of
from payments.operations.schedule import LEASE
from payments.providers.contract import DepositRow
from payments.providers.contract import DepositState as Told

EVERY: Final = timedelta(minutes=1)
# Long enough to hear that the provider sent an unconfirmed deposit back.
LOOKS_BACK: Final = timedelta(days=7)
_MOST_PAGES: Final = 50
_MONEY_IS_HERE: Final = (Told.AWAITING_CONFIRM, Told.CONFIRMED, Told.SUSPICIOUS)


def read_feed(*, business_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Read what came in for a bank account; run outside any scope. False when it was not due.

    Every page is kept before the next is asked for; each deposit is then judged at once.
    """
    line = _take(business_id, account_id, now)
    if line is None:
        return False
    cursor = (now - LOOKS_BACK).astimezone(TEHRAN).date().isoformat()
    for _page in range(_MOST_PAGES):
        page = line.page(cursor)
        with acting_for(business_id, durable=True):
            fresh = _keep(account_id, page.rows, line, now)
        for deposit_id in fresh:
            run_deposit(business_id=business_id, deposit_id=deposit_id, now=now)
        cursor = page.cursor
        if not cursor:
            break
    with acting_for(business_id, durable=True):
        BankAccount.objects.filter(id=account_id).update(leased_until=None)
    return True


def hint_deposit(*, token: str, now: datetime) -> bool:
    """Somebody says there is a deposit: read the feed soon. Nothing they say is believed.

    Return whether the token is one we gave out.
    """
    business_id = business_of_token(token)
    if business_id is None:
        return False
    with acting_for(business_id):
        named = DepositIdentifier.objects.filter(callback_token=token).exclude(callback_token="")
        account_id = named.values_list("account_id", flat=True).first()
        if account_id is None:
            return False
        soon = BankAccount.objects.filter(id=account_id, next_poll_at__gt=now)
        soon.update(next_poll_at=now)
        # An identifier that is being issued may be what the message is about.
        named.filter(next_try_at__gt=now).update(next_try_at=now)
    return True


def _take(business_id: UUID, account_id: UUID, now: datetime) -> DepositLine | None:
    with acting_for(business_id, durable=True):
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        taken = BankAccount.objects.filter(free, id=account_id, next_poll_at__lte=now).update(
            next_poll_at=now + EVERY, leased_until=now + LEASE
        )
        if not taken:
            return None
        account = BankAccount.objects.select_related("provider_account").get(id=account_id)
        return line_of(account, now=now)


def _keep(
    account_id: UUID, rows: Iterable[DepositRow], line: DepositLine, now: datetime
) -> list[UUID]:
    by_reference = {row.reference: row for row in rows}
    known = Deposit.objects.filter(
        account_id=account_id, row__provider_reference__in=list(by_reference)
    ).values_list("id", "row__provider_reference")
    seen = set()
    for deposit_id, reference in list(known):
        seen.add(reference)
        told_of(locked_deposit(deposit_id), by_reference[reference].state, now)
    fresh = [
        _heard(row, needs_confirm=line.deposits.deposits.needs_confirm)
        for reference, row in by_reference.items()
        if reference not in seen and row.state in _MONEY_IS_HERE
    ]
    heard = hear_rows(account_id=account_id, rows=fresh, source=RowSource.FEED, now=now)
    return heard.deposit_ids


def _heard(row: DepositRow, *, needs_confirm: bool) -> HeardRow:
    return HeardRow(
        amount_rial=row.amount_rial,
        at=row.at,
        bank_reference=row.bank_reference,
        provider_reference=row.reference,
        identifier=row.identifier,
        source_iban=row.source_iban,
        source_name=row.source_name,
        raw=dict(row.raw),
        needs_confirm=needs_confirm and row.state is not Told.CONFIRMED,
        doubted=row.state is Told.SUSPICIOUS,
    )
