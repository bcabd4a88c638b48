"""An account whose provider does not answer gets no new tries for a while.

It counts requests for new sessions, and inquiries about people. Questions about money under way
are always asked.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from payments.enums import AlertKind
from payments.models import ProviderAccount
from payments.operations.alerts import raise_alert, settle_alerts
from payments.operations.schedule import PREPARING
from payments.providers.contract import Evidence, Outcome

OPENS_AFTER: Final = 3
_PAUSES: Final = (30, 60, 120, 300, 600)
_SILENCE: Final = frozenset({Outcome.NOT_ATTEMPTED, Outcome.UNKNOWN})


def is_paused(account: ProviderAccount, now: datetime) -> bool:
    """Tell whether an account gets no new tries now."""
    return account.paused_until is not None and account.paused_until > now


def claim_probe(account_id: UUID, now: datetime) -> bool:
    """Let one try through after a pause; return whether the caller is the one."""
    waiting = ProviderAccount.objects.filter(id=account_id, paused_until__lte=now)
    return bool(waiting.update(paused_until=now + PREPARING))


def note_answer(account_id: UUID, outcome: Outcome, evidence: Evidence, now: datetime) -> None:
    """Count how a request ended; any answer of the provider ends the pause."""
    if outcome in _SILENCE:
        _failed(account_id, evidence, now)
        return
    failing = ProviderAccount.objects.filter(id=account_id, failures__gt=0)
    if failing.update(failures=0, paused_until=None):
        settle_alerts(kind=AlertKind.PROVIDER_DOWN, source_id=account_id, now=now)


def _failed(account_id: UUID, evidence: Evidence, now: datetime) -> None:
    account = ProviderAccount.objects.select_for_update().get(id=account_id)
    said = " ".join(filter(None, (evidence.code, evidence.message)))
    account.failures = min(account.failures + 1, 1000)
    account.failed_at, account.failure = now, said[:200]
    beyond = account.failures - OPENS_AFTER
    if beyond >= 0:
        pause = _PAUSES[min(beyond, len(_PAUSES) - 1)]
        account.paused_until = now + timedelta(seconds=pause)
        raise_alert(
            kind=AlertKind.PROVIDER_DOWN,
            source_id=account_id,
            detail={"account": str(account), "failures": account.failures, "said": said[:200]},
            now=now,
        )
    account.save(update_fields=["failures", "failed_at", "failure", "paused_until"])
