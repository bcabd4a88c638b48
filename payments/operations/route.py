"""Which account a new try goes to, and why. Money under way is never moved to another one."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from businesses.queries import business_by_id
from core.numbers import Bank
from core.tenancy import active_business_id
from payments.enums.accounts import PassedOver, RouteReason
from payments.models import Payment, ProviderAccount
from payments.operations.breaker import claim_probe, is_paused
from payments.queries import accounts_for, limits_of
from payments.queries.accounts import gateways_at_once
from payments.queries.payer import bins_of, payer_bank
from payments.queries.routing import Measured, cost_of, success_of, taken_today


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """An account chosen, and what was weighed."""

    account: ProviderAccount
    why: dict[str, Any]


@dataclass(slots=True)
class _Weighed:
    """An account with what speaks for and against it."""

    account: ProviderAccount
    cost_rial: int
    against: PassedOver | None = None
    success: Measured = field(default_factory=Measured)

    def told(self) -> dict[str, Any]:
        """Return what is kept of the decision."""
        return {
            "account": str(self.account.id),
            "name": self.account.title or str(self.account),
            "against": self.against,
            "cost_rial": self.cost_rial,
            "tries": self.success.overall.tries,
            "won": self.success.overall.won,
            "bank_tries": self.success.of_bank.tries,
            "bank_won": self.success.of_bank.won,
        }


def choose_account(
    *, payment: Payment, later: bool = False, tried: Collection[UUID] = (), now: datetime
) -> Route | None:
    """Return the account for a new try of a payment, or None when none may be tried now.

    The business's order comes first, then the cheaper tariff; an account that surely pays through
    less often than another stands behind it: with cards of the payer's bank where former payments
    or a mandate tell which that is and both accounts have tries enough with it, else with
    everybody's; at this hour, or at all hours where this one has too few. A pay-later partner takes
    who asked to pay `later`, and others only where there is nobody else.
    """
    amount_rial = payment.amount_rial
    accounts = accounts_for("bnpl") if later else gateways_at_once()
    weighed = [_Weighed(one, cost_of(one, amount_rial)) for one in accounts]
    _exclude(weighed, amount_rial, tried, now)
    open_ones = [one for one in weighed if one.against is None]
    bank = _measure(open_ones, payment, now) if len(open_ones) > 1 else None
    for best, reason in _ranked(open_ones):
        paused = best.account.paused_until is not None
        if paused and not claim_probe(best.account.id, now):
            best.against = PassedOver.PAUSED
            continue
        why = RouteReason.PROBE if paused else reason
        return Route(
            account=best.account,
            why={
                "reason": why,
                **({"bank": bank.code} if bank else {}),
                "considered": [one.told() for one in weighed],
            },
        )
    return None


def _exclude(
    weighed: list[_Weighed], amount_rial: int, tried: Collection[UUID], now: datetime
) -> None:
    capped = [one.account.id for one in weighed if one.account.daily_cap_rial is not None]
    zone = business_by_id(active_business_id()).timezone
    taken = taken_today(capped, zone=zone, now=now) if capped else {}
    for one in weighed:
        one.against = _against(one.account, amount_rial, taken, tried, now)


def _against(
    account: ProviderAccount,
    amount_rial: int,
    taken: dict[UUID, int],
    tried: Collection[UUID],
    now: datetime,
) -> PassedOver | None:
    least, most = limits_of(account)
    cap = account.daily_cap_rial
    if account.id in tried:
        return PassedOver.TRIED
    if not least <= amount_rial <= most:
        return PassedOver.LIMITS
    if cap is not None and taken.get(account.id, 0) + amount_rial > cap:
        return PassedOver.CAP
    return PassedOver.PAUSED if is_paused(account, now) else None


def _measure(weighed: list[_Weighed], payment: Payment, now: datetime) -> Bank | None:
    """Weigh accounts by what they brought; return the payer's bank, where it is known."""
    zone = business_by_id(active_business_id()).timezone
    bank = payer_bank(payment)
    measured = success_of(
        [one.account.id for one in weighed],
        zone=zone,
        bins=bins_of(bank) if bank else (),
        now=now,
    )
    for one in weighed:
        one.success = measured[one.account.id]
    return bank


def _ranked(weighed: list[_Weighed]) -> list[tuple[_Weighed, RouteReason]]:
    """Return the accounts in the order to try them, each with what put it there."""
    in_order = sorted(weighed, key=lambda one: (one.account.priority, one.cost_rial))
    behind = [
        one for one in in_order if any(one.success.worse_than(other.success) for other in in_order)
    ]
    ranked = [one for one in in_order if one not in behind] + behind
    return [(one, _reason(one, in_order)) for one in ranked]


def _reason(one: _Weighed, in_order: list[_Weighed]) -> RouteReason:
    if len(in_order) == 1:
        return RouteReason.ONLY
    if one is not in_order[0]:
        by_bank = one.success.of_bank.known and in_order[0].success.of_bank.known
        return RouteReason.BANK if by_bank else RouteReason.SUCCESS
    rivals = [two for two in in_order[1:] if two.account.priority == one.account.priority]
    cheaper = any(two.cost_rial > one.cost_rial for two in rivals)
    return RouteReason.COST if cheaper else RouteReason.ORDER
