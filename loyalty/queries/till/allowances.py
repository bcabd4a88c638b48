"""A signed allowance: how many points of one customer a device may spend without a network.

One for a device, a customer and a day; it holds no points, it is small, and spending under it is
still judged by what is there when it arrives.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core import signing

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id
from loyalty.queries.till.rules import till_rules
from loyalty.queries.wallets import Balance, balances

_SALT: Final = "loyalty.till.allowance"
_GOOD_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a device may spend; `once` is the same for the device, the customer and the day."""

    device_id: UUID
    customer_id: UUID
    points: int
    given_at: datetime
    until: datetime
    once: str

    def token(self) -> str:
        """Return it signed, for the device to keep."""
        said = {
            "d": str(self.device_id),
            "c": str(self.customer_id),
            "p": self.points,
            "g": self.given_at.isoformat(),
            "u": self.until.isoformat(),
            "o": self.once,
        }
        return signing.dumps(said, salt=_SALT)


def allowance_for(device_id: UUID, customer_id: UUID, now: datetime) -> Allowance | None:
    """Return what a device may spend of a customer's points, or None where nothing may be."""
    rules = till_rules()
    held = balances([customer_id], now).get(customer_id) if rules.offline_points else None
    most = min(rules.offline_points, held.spendable_points) if held else 0
    if held is not None and rules.code_from_rial is not None:
        # What needs the customer's code cannot be spent where no code can be asked for.
        most = min(most, _below(rules.code_from_rial, held))
    if most <= 0:
        return None
    day = business_day(now, business_by_id(active_business_id()).timezone)
    return Allowance(
        device_id=device_id,
        customer_id=customer_id,
        points=most,
        given_at=now,
        until=now + _GOOD_FOR,
        once=f"{device_id}:{customer_id}:{day}",
    )


def read_allowance(token: str) -> Allowance | None:
    """Return a signed allowance, or None when it is none of ours."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Allowance(
        device_id=UUID(said["d"]),
        customer_id=UUID(said["c"]),
        points=said["p"],
        given_at=datetime.fromisoformat(said["g"]),
        until=datetime.fromisoformat(said["u"]),
        once=said["o"],
    )


def _below(rial: int, held: Balance) -> int:
    return max(0, (rial - 1) // held.unit_value_rial)
