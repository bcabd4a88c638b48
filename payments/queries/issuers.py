"""Success by the bank that issued the card, and why tries fail (C020).

A bank's share is counted only over accounts that tell the cards of failed tries too, as they show:
elsewhere a card is known only when it paid, and every bank would look perfect.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q
from django.db.models.functions import Substr

from core.calendar import day_start
from core.numbers import BANKS, Bank, bank_now, bank_of_card
from payments.enums import AttemptState
from payments.enums.accounts import TryFailure
from payments.models import PaymentAttempt
from payments.providers.contract import Outcome
from payments.queries.failures import failure_of
from payments.queries.routing import TELLS, Success

_SENT: Final = Q(redirected_at__isnull=False)
_WON: Final = Q(state__in=[AttemptState.CONFIRMED, AttemptState.REVERSED])
# A provider that was only asked says how the asking went, not why nobody paid.
_NO: Final = Q(last_outcome__in=[Outcome.DECLINED, Outcome.NOT_ATTEMPTED, Outcome.UNKNOWN])
_BIN_DIGITS: Final = 6
_MOST_REASONS: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class BankSuccess:
    """Tries with cards of one bank; `bank` None: a card whose issuer is not in the table."""

    bank: Bank | None
    success: Success


@dataclass(frozen=True, kw_only=True, slots=True)
class BankMix:
    """Success by bank, the most tries first, and the tries it is silent about.

    `cardless`: tries of which no card was told. `blind`: tries over accounts that tell hardly a
    card unless it paid.
    """

    banks: Sequence[BankSuccess]
    cardless: Success
    blind: Success


@dataclass(frozen=True, kw_only=True, slots=True)
class FailReason:
    """Tries that ended without money, of one provider and one code."""

    provider: str
    state: AttemptState
    code: str
    kind: TryFailure | None
    message: str
    count: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FailReasons:
    """The most frequent reasons, and how many tries failed in all."""

    rows: Sequence[FailReason]
    failed: int


def success_by_bank(*, since: date, until: date, zone: ZoneInfo) -> BankMix:
    """Return the banks of tries begun from `since` to before `until` and over. One query."""
    rows = list(
        _over(since, until, zone)
        .filter(_SENT)
        .annotate(start=Substr("masked_pan", 1, _BIN_DIGITS))
        .values("account_id", "start")
        .annotate(tries=Count("id"), won=Count("id", filter=_WON))
        .order_by()
    )
    telling = _telling(rows)
    tries: Counter[str] = Counter()
    won: Counter[str] = Counter()
    for row in rows:
        place = _place(row["start"]) if row["account_id"] in telling else _BLIND
        tries[place] += row["tries"]
        won[place] += row["won"]
    banks = [
        BankSuccess(bank=bank, success=Success(tries[place], won[place]))
        for place, bank in _banks(tries).items()
    ]
    return BankMix(
        banks=sorted(
            banks, key=lambda one: (-one.success.tries, one.bank.code if one.bank else "")
        ),
        cardless=Success(tries[_CARDLESS], won[_CARDLESS]),
        blind=Success(tries[_BLIND], won[_BLIND]),
    )


def fail_reasons(*, since: date, until: date, zone: ZoneInfo) -> FailReasons:
    """Return why tries begun from `since` to before `until` brought no money. Two queries."""
    failed = _over(since, until, zone).exclude(_WON)
    rows = (
        failed.values("account__provider", "state", "last_code")
        .annotate(n=Count("id"), message=Max("last_message", filter=_NO), last=Max("ended_at"))
        .order_by("-n", "account__provider", "state", "last_code")[:_MOST_REASONS]
    )
    found = [
        FailReason(
            provider=row["account__provider"],
            state=AttemptState(row["state"]),
            code=row["last_code"],
            kind=failure_of(row["account__provider"], row["last_code"]),
            message=row["message"] or "",
            count=row["n"],
            last_at=row["last"],
        )
        for row in rows
    ]
    all_told = len(found) < _MOST_REASONS
    return FailReasons(
        rows=found, failed=sum(one.count for one in found) if all_told else failed.count()
    )


_CARDLESS: Final = ""
_BLIND: Final = "blind"
_UNLISTED: Final = "unlisted"


def _over(since: date, until: date, zone: ZoneInfo) -> Any:
    return PaymentAttempt.objects.filter(
        started_at__gte=day_start(since, zone),
        started_at__lt=day_start(until, zone),
        ended_at__isnull=False,
    )


def _telling(rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Return the accounts that told the card of at least a fifth of their failed tries."""
    failed: Counter[UUID] = Counter()
    told: Counter[UUID] = Counter()
    for row in rows:
        lost = row["tries"] - row["won"]
        failed[row["account_id"]] += lost
        told[row["account_id"]] += lost if row["start"] else 0
    return {one for one in failed if told[one] and told[one] >= failed[one] * TELLS}


def _place(start: str) -> str:
    """Return the bank's code, or which silence a try belongs to."""
    bank = bank_of_card(start)
    if bank is None:
        return _UNLISTED if start else _CARDLESS
    return bank_now(bank).code


def _banks(places: Mapping[str, int]) -> dict[str, Bank | None]:
    codes = [place for place in places if place not in {_CARDLESS, _BLIND}]
    return {code: None if code == _UNLISTED else BANKS[code] for code in codes}
