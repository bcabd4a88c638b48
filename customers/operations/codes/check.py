"""Checking a typed code: tries are counted under the row's lock, and a right one is used once."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from core.errors import Problem
from core.tenancy import acting_for, operation
from customers.enums import CodePurpose, CodeRefusal, CodeState, IdentityKind
from customers.models import Customer, CustomerIdentity, OneTimeCode
from customers.models.code import MOST_TRIES
from customers.operations.codes.secret import as_typed, code_hash, mobile_hash
from customers.operations.people.payer import clean_mobile
from customers.queries.merging import survivor_of


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What a typed code was worth. A refusal counts once the caller's transaction commits.

    `code_id` is the accepted code's row, `customer_id` whom it was sent to, None for nobody known.
    """

    refusal: CodeRefusal | None = None
    tries_left: int = 0
    code_id: UUID | None = None
    customer_id: UUID | None = None

    @property
    def accepted(self) -> bool:
        """Whether the code was right; it is used now."""
        return self.refusal is None

    def problem(self) -> Problem:
        """Return the refusal to raise once the try is committed; only of a refused one."""
        refusal = self.refusal or CodeRefusal.NONE_SENT
        return Problem(
            refusal.value,
            refusal.label,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            extra={"tries_left": self.tries_left},
        )


_NONE_SENT: Final = CodeCheck(CodeRefusal.NONE_SENT)


@operation
def check_code(
    *, customer_id: UUID, purpose: str, code: str, now: datetime, about: str = ""
) -> CodeCheck:
    """Check what a customer typed and use the code up when it is right.

    A wrong try is counted by the caller's commit: leave the scope before you raise, or use
    `demand_code`. A code sent to a mobile the customer no longer has is none.
    """
    found = survivor_of(customer_id)
    mobile = Customer.objects.filter(id=found).values_list("mobile", flat=True).first()
    if not mobile:
        return _NONE_SENT
    whose = Q(customer_id=found, mobile_hmac=mobile_hash(mobile))
    return _check(whose, CodePurpose(purpose), about, code, now)


@operation
def check_code_of(
    *, mobile: str, purpose: str, code: str, now: datetime, about: str = ""
) -> CodeCheck:
    """Check what the holder of a mobile typed; as `check_code` otherwise.

    Raises Problem `invalid_mobile`.
    """
    address = clean_mobile(mobile)
    if address is None:
        return _NONE_SENT
    whose = Q(mobile_hmac=mobile_hash(address))
    return _check(whose, CodePurpose(purpose), about, code, now)


def demand_code(
    *,
    business_id: UUID,
    customer_id: UUID,
    purpose: str,
    code: str,
    now: datetime,
    about: str = "",
) -> None:
    """Check a code in a transaction of its own, commit the try, then refuse what is not right.

    Runs outside any scope. Raises Problem `code_none_sent`, `code_expired`, `code_wrong` or
    `code_tried_out` (422), with `tries_left`.
    """
    with acting_for(business_id, durable=True):
        check = check_code(
            customer_id=customer_id, purpose=purpose, code=code, about=about, now=now
        )
    if not check.accepted:
        raise check.problem()


def _check(whose: Q, purpose: CodePurpose, about: str, code: str, now: datetime) -> CodeCheck:
    rows = OneTimeCode.objects.select_for_update().filter(whose, purpose=purpose)
    row = rows.filter(state=CodeState.LIVE).first()
    if row is None:
        return _NONE_SENT
    if row.expires_at <= now:
        return CodeCheck(CodeRefusal.EXPIRED)
    row.tries += 1
    right = hmac.compare_digest(bytes(row.code_hmac), code_hash(row.id, about, as_typed(code)))
    if right:
        _close(row, CodeState.USED, now)
        _verify(row, now)
        return CodeCheck(code_id=row.id, customer_id=row.customer_id)
    return _refused(row, now)


def _refused(row: OneTimeCode, now: datetime) -> CodeCheck:
    left = MOST_TRIES - row.tries
    if left > 0:
        row.save(update_fields=["tries"])
        return CodeCheck(CodeRefusal.WRONG, left)
    _close(row, CodeState.TRIED_OUT, now)
    return CodeCheck(CodeRefusal.TRIED_OUT)


def _close(row: OneTimeCode, state: CodeState, now: datetime) -> None:
    row.state, row.finished_at = state, now
    row.save(update_fields=["state", "finished_at", "tries"])


def _verify(row: OneTimeCode, now: datetime) -> None:
    """Remember that the customer holds the mobile: who types it for another is outranked."""
    mine: dict[str, Any] = {"customer_id": row.customer_id, "verified_at": None}
    if row.customer_id is not None:
        CustomerIdentity.objects.filter(
            kind=IdentityKind.MOBILE, value_hmac=bytes(row.mobile_hmac), **mine
        ).update(verified_at=now)


@operation
def verify_mobile(*, customer_id: UUID, code_id: UUID, now: datetime) -> None:
    """Remember whom an accepted code of a mobile turned out to be.

    It was sent to a number; only a customer known by that number is taken.
    """
    row = OneTimeCode.objects.select_for_update().filter(id=code_id, state=CodeState.USED).first()
    if row is None or row.customer_id is not None:
        return
    mobile = CustomerIdentity.objects.filter(
        kind=IdentityKind.MOBILE, value_hmac=bytes(row.mobile_hmac), customer_id=customer_id
    )
    if mobile.exists():
        row.customer_id = customer_id
        row.save(update_fields=["customer_id"])
        _verify(row, now)
