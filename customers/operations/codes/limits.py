"""How many codes go out in a day: counted in the database, by one conditional statement each."""

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id
from customers.enums import CodePurpose
from customers.operations.codes.secret import whose_hash


@dataclass(frozen=True, slots=True)
class Limits:
    """The most codes of a kind in a day: to one mobile, one customer, and in all.

    Each kind has its own, so that whoever uses up one on a public page locks nobody out at a till.
    """

    of_mobile: int
    of_customer: int
    of_business: int


LIMITS: Final = {
    CodePurpose.PAGE: Limits(6, 6, 3_000),
    CodePurpose.CLAIM: Limits(6, 6, 3_000),
    CodePurpose.SPEND: Limits(15, 15, 20_000),
    CodePurpose.VERIFY: Limits(10, 10, 20_000),
}

_COUNT: Final = """
INSERT INTO customers_codemeter AS m (id, business_id, whose, purpose, day, sent)
VALUES (%(id)s, %(business)s, %(whose)s, %(purpose)s, %(day)s, 1)
ON CONFLICT (business_id, whose, purpose, day) DO UPDATE SET sent = m.sent + 1
WHERE m.sent < %(most)s
RETURNING sent
"""


def count_code(*, mobile: str, customer: str, purpose: CodePurpose, day: date) -> None:
    """Count one more code, the mobile's row first. Raises Problem `too_many_codes` (429)."""
    most = LIMITS[purpose]
    _count(f"mobile:{mobile}", most.of_mobile, purpose, day)
    if customer:
        _count(f"customer:{customer}", most.of_customer, purpose, day)
    _count("anybody", most.of_business, purpose, day)


def _count(whom: str, most: int, purpose: CodePurpose, day: date) -> None:
    row: dict[str, Any] = {
        "id": new_id(),
        "business": active_business_id(),
        "whose": whose_hash(whom),
        "purpose": purpose.value,
        "day": day,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, row)
        if cursor.fetchone() is None:
            raise _too_many()


def _too_many() -> Problem:
    return Problem(
        "too_many_codes",
        _("Enough codes were sent today; try again tomorrow."),
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
