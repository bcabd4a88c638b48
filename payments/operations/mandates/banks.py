"""What a provider says of the banks where one may sign, kept with its date."""

from datetime import datetime
from uuid import UUID

from core.tenancy import acting_for
from payments.models import BankLimit, ProviderAccount
from payments.operations.debits.line import Said, debit_line, keep
from payments.providers.contract import DebitBank, Outcome

_KEPT = ("bank", "name", "max_day_rial", "max_day_count", "is_healthy")


def refresh_banks(*, business_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Ask a provider for its banks and keep what changed; run outside any scope.

    Returns False when it did not answer; what was known stays then.
    """
    with acting_for(business_id):
        line = debit_line(ProviderAccount.objects.get(id=account_id))
    answer = line.adapter.banks(line.account)
    said = Said(
        line=line,
        about_id=account_id,
        operation="banks",
        outcome=answer.outcome,
        evidence=answer.evidence,
    )
    keep([said], now)
    if answer.outcome is not Outcome.OK:
        return False
    with acting_for(business_id, durable=True):
        _note(account_id, {row.code: row for row in answer.rows}, line.provider, now)
    return True


def _note(account_id: UUID, told: dict[str, DebitBank], source: str, now: datetime) -> None:
    ProviderAccount.objects.select_for_update().get(id=account_id)
    current = BankLimit.objects.filter(account_id=account_id, until=None)
    known = {row.code: row for row in current}
    fresh = {code: _row(account_id, bank, source, now) for code, bank in told.items()}
    same = {
        code for code, row in fresh.items() if code in known and _facts(row) == _facts(known[code])
    }
    # A bank the provider no longer names is a bank where nobody can sign.
    current.exclude(code__in=same).update(until=now)
    BankLimit.objects.bulk_create([row for code, row in fresh.items() if code not in same])


def _facts(row: BankLimit) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _KEPT)


def _row(account_id: UUID, bank: DebitBank, source: str, now: datetime) -> BankLimit:
    return BankLimit(
        account_id=account_id,
        bank=bank.bank,
        code=bank.code,
        name=bank.name,
        max_day_rial=bank.max_day_rial,
        max_day_count=bank.max_day_count,
        is_healthy=bank.healthy,
        since=now,
        source=source,
    )
