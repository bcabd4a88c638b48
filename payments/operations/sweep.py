"""Reading a provider's list of paid and unconfirmed sessions: the net under every other net."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from core.tenancy import acting_for
from payments.enums import CHECKABLE, ENDED, FoundBy
from payments.models import PaymentAttempt, ProviderAccount
from payments.operations.check import check_attempt
from payments.operations.schedule import SWEEP_EVERY, SWEEP_LOOKS_BACK
from payments.operations.settle import hold, orphan
from payments.operations.wire import Line, line_to
from payments.providers.contract import UnverifiedRow


def sweep_account(*, business_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Find the attempts behind unconfirmed money; confirm live ones, send orphans back.

    Rows of other systems that use the same terminal are left alone. Returns False when the
    account was not due any more.
    """
    line = _take(business_id, account_id, now)
    if line is None:
        return False
    if not line.gateway.capabilities.list_unverified:
        return True
    rows = line.list_unverified().rows
    for attempt_id in _live(business_id, account_id, rows):
        check_attempt(business_id=business_id, attempt_id=attempt_id, claims_success=True, now=now)
    _note_orphans(business_id, account_id, rows, now)
    return True


def _take(business_id: UUID, account_id: UUID, now: datetime) -> Line | None:
    """Claim by arming the next sweep, or none when nothing was tried for a while."""
    with acting_for(business_id, durable=True):
        recent = PaymentAttempt.objects.filter(
            account_id=account_id, started_at__gt=now - SWEEP_LOOKS_BACK
        ).exists()
        taken = ProviderAccount.objects.filter(id=account_id, next_sweep_at__lte=now).update(
            next_sweep_at=now + SWEEP_EVERY if recent else None
        )
        if not taken:
            return None
        account = ProviderAccount.objects.get(id=account_id)
        return line_to(account, attempt_id=None, now=now)


def _live(business_id: UUID, account_id: UUID, rows: Iterable[UnverifiedRow]) -> list[UUID]:
    authorities = [row.authority for row in rows]
    with acting_for(business_id):
        found = PaymentAttempt.objects.filter(
            account_id=account_id, authority__in=authorities, state__in=CHECKABLE
        )
        return list(found.values_list("id", flat=True))


def _note_orphans(
    business_id: UUID, account_id: UUID, rows: Iterable[UnverifiedRow], now: datetime
) -> None:
    for row in rows:
        with acting_for(business_id, durable=True):
            attempt = _ended(account_id, row)
            if attempt is None:
                continue
            held = hold(attempt)
            if held.attempt.state not in ENDED:
                continue
            # A session whose opening we never heard of: our token in its return address tells.
            if held.attempt.authority is None:
                held.attempt.authority = row.authority
                held.attempt.save(update_fields=["authority"])
            orphan(held, FoundBy.SWEEP, now, told_rial=row.amount_rial)


def _ended(account_id: UUID, row: UnverifiedRow) -> UUID | None:
    token = row.callback_url.rstrip("/").rpartition("/")[2]
    by_token = Q(callback_token=token, authority=None)
    found = PaymentAttempt.objects.filter(
        Q(authority=row.authority) | by_token, account_id=account_id, state__in=ENDED
    )
    return found.values_list("id", flat=True).first()
