"""Points of a stranger's purchase, claimed by whoever has its receipt and proves their mobile."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from customers.enums import CodePurpose
from customers.operations import (
    CodeCheck,
    CustomerHint,
    SentCode,
    check_code_of,
    claim_purchase,
    find_or_create,
    send_code_to,
    verify_mobile,
)
from loyalty.operations.claim import claim_lots
from loyalty.queries.claims import demand_waiting
from loyalty.queries.leaving import demand_in_club

_SOURCE = "receipt"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a typed code did: refused, or whose the points are now."""

    check: CodeCheck
    customer_id: UUID | None = None


@operation
def ask_claim_code(*, purchase_id: UUID, mobile: str, now: datetime) -> SentCode:
    """Text a code to whoever would claim a purchase's points; nobody is created yet.

    Raises NotFound, Problem `purchase_has_owner` (409), and those of `send_code_to`.
    """
    demand_waiting(purchase_id)
    return send_code_to(
        mobile=mobile, purpose=CodePurpose.CLAIM, about=_about(purchase_id), now=now
    )


@operation
def claim_by_code(*, purchase_id: UUID, mobile: str, code: str, now: datetime) -> Claim:
    """Give the holder of a mobile the purchase and its points, once the code is right.

    A refused code is returned, so that the caller commits the try. Raises NotFound, Problem
    `invalid_mobile`, `left_club`, `purchase_has_owner` or `too_many_claims` (409); then nothing is
    used up.
    """
    check = check_code_of(
        mobile=mobile,
        purpose=CodePurpose.CLAIM,
        code=code,
        about=_about(purchase_id),
        now=now,
    )
    if not check.accepted or check.code_id is None:
        return Claim(check)
    found = find_or_create(customer=CustomerHint(mobile=mobile), source=_SOURCE, now=now)
    demand_in_club(found.customer_id)
    verify_mobile(customer_id=found.customer_id, code_id=check.code_id, now=now)
    claim_purchase(purchase_id=purchase_id, customer_id=found.customer_id, now=now)
    claim_lots(customer_id=found.customer_id, purchase_ids=[purchase_id], now=now)
    return Claim(check, found.customer_id)


def _about(purchase_id: UUID) -> str:
    """Return what the code is for: it claims this purchase and no other."""
    return f"purchase:{purchase_id}"
