"""Customers each employee won (C116): read from what was bought, never written down.

Whoever sold the first purchase won the customer, or whoever told them of the shop by their own
code. It counts once the customer came a second day, so a return undoes it by itself; what can be
made up alone does not count: people who work here, and who shares a card with a customer before.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import contacts_here, sellers_by_contact
from core.tenancy import active_business_id
from customers.queries.likeness import owners_of_contacts, profiles_of_contacts
from loyalty.enums.engagement import Winning

_WON: Final = """
WITH own AS (
    SELECT * FROM unnest(%(own)s::uuid[], %(sellers)s::uuid[]) AS o (customer_id, employee_id)
), fresh AS (
    SELECT t.customer_id, f.employee_id, f.local_date AS first_on, s.local_date AS second_on,
        (SELECT o.employee_id FROM loyalty_referral r JOIN own o ON o.customer_id = r.referrer_id
            WHERE r.business_id = %(business)s AND r.friend_id = t.customer_id
                AND r.referrer_id <> r.friend_id
            ORDER BY r.made_at, r.id LIMIT 1) AS told_by
    FROM customers_customertotals t
    JOIN customers_customer c ON c.business_id = t.business_id AND c.id = t.customer_id
        AND c.status = 'active'
    CROSS JOIN LATERAL (
        SELECT p.employee_id, p.local_date FROM customers_purchase p
        WHERE p.business_id = %(business)s AND p.customer_id = t.customer_id
            AND p.returned_rial < p.total_rial
        ORDER BY p.occurred_at, p.id LIMIT 1) f
    LEFT JOIN LATERAL (
        SELECT p.local_date FROM customers_purchase p
        WHERE p.business_id = %(business)s AND p.customer_id = t.customer_id
            AND p.returned_rial < p.total_rial AND p.local_date > f.local_date
        ORDER BY p.occurred_at, p.id LIMIT 1) s ON true
    WHERE t.business_id = %(business)s AND t.first_on >= %(since)s AND f.local_date >= %(since)s
)
SELECT COALESCE(told_by, employee_id), customer_id, told_by IS NOT NULL, first_on, second_on,
    CASE WHEN customer_id = ANY(%(here)s::uuid[]) THEN 'staff'
        WHEN EXISTS (SELECT FROM customers_mergesuggestion m
            JOIN customers_customertotals o ON o.business_id = m.business_id
                AND o.customer_id = CASE WHEN m.first_id = fresh.customer_id
                    THEN m.second_id ELSE m.first_id END
            WHERE m.business_id = %(business)s AND m.state = 'open' AND 'card' = ANY(m.because)
                AND fresh.customer_id IN (m.first_id, m.second_id)
                AND o.first_on <= fresh.first_on) THEN 'same_card'
        WHEN second_on IS NULL THEN 'waiting' ELSE 'counts' END
FROM fresh WHERE COALESCE(told_by, employee_id) IS NOT NULL
ORDER BY first_on DESC, customer_id
"""


@dataclass(frozen=True, slots=True)
class Won:
    """A customer somebody won; `told` by their own code, else by the first sale."""

    employee_id: UUID
    customer_id: UUID
    told: bool
    first_on: date
    second_on: date | None
    state: Winning


@dataclass(frozen=True, slots=True)
class WonSums:
    """How many customers somebody won: those that count, wait, or count for nobody."""

    counts: int
    waiting: int
    refused: int


def own_profiles(business_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return (profile, employee) for employees who are customers by their own contact."""
    sellers = sellers_by_contact(business_id)
    owners = owners_of_contacts(set(sellers))
    return sorted({(profile, sellers[contact]) for contact, profile in owners.items()})


def acquisitions(since: date) -> list[Won]:
    """Return the customers who first bought since a day and somebody won, newest first."""
    business_id = active_business_id()
    own = own_profiles(business_id)
    values: dict[str, Any] = {
        "business": business_id,
        "since": since,
        "own": [profile for profile, _employee in own],
        "sellers": [employee for _profile, employee in own],
        "here": list(profiles_of_contacts(contacts_here(business_id))),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WON, values)
        rows = cursor.fetchall()
    return [
        Won(seller, customer, told, first, second, Winning(state))
        for seller, customer, told, first, second, state in rows
    ]


def sums_by_employee(won: Collection[Won]) -> dict[UUID, WonSums]:
    """Return what each employee won."""
    found: dict[UUID, Counter[Winning]] = {}
    for one in won:
        found.setdefault(one.employee_id, Counter())[one.state] += 1
    return {employee: _sums(told) for employee, told in found.items()}


def won_by(won: Sequence[Won], employee_id: UUID) -> list[Won]:
    """Return what one employee won."""
    return [one for one in won if one.employee_id == employee_id]


def _sums(told: Counter[Winning]) -> WonSums:
    refused = told[Winning.STAFF] + told[Winning.SAME_CARD]
    return WonSums(told[Winning.COUNTS], told[Winning.WAITING], refused)
