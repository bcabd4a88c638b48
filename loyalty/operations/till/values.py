"""What a device may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, ClassVar
from uuid import UUID

from pydantic_core import from_json, to_json

from customers.operations import CustomerHint, NewLine, NewTender
from loyalty.enums import TillVerb


@dataclass(frozen=True, slots=True)
class ByCard:
    """What a sale takes of a gift card, by the card's code."""

    code: str
    amount_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """A sale. `redemptions` are the device's numbers of points spent before, which pay for it.

    What `coupon_codes` take off comes off the lines; `gift_cards` pay beside the tenders.
    """

    verb: ClassVar[TillVerb] = TillVerb.ACCRUE
    number: str
    customer: CustomerHint | None = None
    lines: tuple[NewLine, ...] = ()
    tenders: tuple[NewTender, ...] = ()
    branch_code: str | None = None
    employee_code: str | None = None
    holds: tuple[UUID, ...] = ()
    redemptions: tuple[str, ...] = ()
    referral_code: str = ""
    coupon_codes: tuple[str, ...] = ()
    gift_cards: tuple[ByCard, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Points, a reward or rial of store credit: held for a sale that follows.

    Points and rewards may be spent for good at once (`final`).
    """

    verb: ClassVar[TillVerb] = TillVerb.REDEEM
    number: str
    customer_id: UUID | None = None
    points: int | None = None
    reward_id: UUID | None = None
    final: bool = False
    allowance: str = ""
    store_credit_rial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """Undoing what the device did under another number, whether or not that has come."""

    verb: ClassVar[TillVerb] = TillVerb.REVERSE
    number: str
    reverses: str
    reason: str = ""


Act = Accrual | Spending | Reversal


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """When something that came late was done: by the device, and as we understand it."""

    sequence: int
    device_at: datetime
    skew_s: int
    happened_at: datetime
    clock_was_wrong: bool


def digest_of(act: Act) -> bytes:
    """Return what must be equal for the same number to be a repetition."""
    told = from_json(to_json(act))
    # What a device never said is as it was before there was anything to say.
    for name in ("referral_code", "coupon_codes", "gift_cards", "context", "store_credit_rial"):
        if not told.get(name):
            told.pop(name, None)
    return blake2b(to_json([act.verb, told]), digest_size=16).digest()
