"""The sales of a span with who served them and what came of asking (C084).

Out of it stay: people who work here and who shares a card with one, imported sales, sales nobody is
named for. An answer from a browser of the business, or from one that answered for several
customers, does not count: its customer is as silent as before (N16).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import contacts_here
from core.tenancy import active_business_id
from customers.queries.likeness import profiles_of_contacts
from feedback.enums import CONTENT
from feedback.queries.bonus.scoring import WHOLE, Served

# So many customers may answer from one browser: a household does.
_HOUSEHOLD: Final = 2
_BANDS: Final = 3

_SALES: Final = """
SELECT p.id, p.employee_id, p.branch_id, p.total_rial, p.customer_id,
    c.status IS NOT DISTINCT FROM 'active', i.id IS NOT NULL, t.first_on = p.local_date,
    s.kind, r.score, COALESCE(r.from_staff, false), r.browser_hash, p.returned_rial > 0
FROM customers_purchase p
LEFT JOIN customers_customer c ON c.business_id = p.business_id AND c.id = p.customer_id
LEFT JOIN customers_customertotals t
    ON t.business_id = p.business_id AND t.customer_id = p.customer_id
LEFT JOIN feedback_surveyinvitation i ON i.business_id = p.business_id AND i.purchase_id = p.id
LEFT JOIN feedback_survey s ON s.business_id = i.business_id AND s.id = i.survey_id
LEFT JOIN feedback_response r ON r.business_id = i.business_id AND r.invitation_id = i.id
WHERE p.business_id = %(business)s AND p.local_date >= %(start)s AND p.local_date < %(end)s
    AND p.employee_id IS NOT NULL AND p.channel <> 'import'
    AND (p.customer_id IS NULL OR p.customer_id <> ALL(%(here)s::uuid[]))
ORDER BY p.occurred_at, p.id
"""


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale as it is in the tables."""

    id: UUID
    employee_id: UUID
    branch_id: UUID | None
    total_rial: int
    customer_id: UUID | None
    is_known: bool
    is_asked: bool
    is_first: bool | None
    kind: str | None
    score: int | None
    from_staff: bool
    browser: memoryview | bytes | None
    came_back: bool

    @property
    def browser_key(self) -> bytes:
        """Which browser answered, empty where it is not known."""
        return bytes(self.browser or b"")

    @property
    def is_content(self) -> bool:
        """Whether its customer said that they are content."""
        return self.score is not None and self.score >= CONTENT[self.kind or ""]


@dataclass(frozen=True, slots=True)
class Counts:
    """What one seller's numbers rest on."""

    asked: int = 0
    answers: int = 0
    content: int = 0
    nameless: int = 0
    not_counted: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """The sales of a span, ready to be weighed."""

    served: tuple[Served, ...]
    recognised: dict[UUID, int]
    counts: dict[UUID, Counts]


def span_of(start: date, end: date) -> Span:
    """Return what was sold from a day to before another. Five queries."""
    sales = _sales(start, end)
    void = _void_browsers(sales)
    edges = _edges(sales)
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    served = []
    for one in sales:
        told, counts = found[one.employee_id], one.score is not None and not _is_void(one, void)
        told["known"] += one.is_known
        told["asked"] += one.is_asked
        told["answers"] += counts
        told["content"] += counts and one.is_content and not one.came_back
        told["void"] += one.score is not None and not counts
        told["nameless"] += not one.is_known and not one.is_asked
        if one.is_asked or not one.is_known:
            good = counts and one.is_content and not one.came_back
            served.append(_served(one, edges, WHOLE if good else 0))
    return Span(
        tuple(served),
        {seller: told["known"] for seller, told in found.items()},
        {seller: _counts(told) for seller, told in found.items()},
    )


def _sales(start: date, end: date) -> list[Sale]:
    business_id = active_business_id()
    values: dict[str, Any] = {
        "business": business_id,
        "start": start,
        "end": end,
        "here": list(profiles_of_contacts(contacts_here(business_id))),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SALES, values)
        return [Sale(*row) for row in cursor.fetchall()]


def _is_void(sale: Sale, void: set[bytes]) -> bool:
    return sale.from_staff or sale.browser_key in void


def _void_browsers(sales: Sequence[Sale]) -> set[bytes]:
    seen: dict[bytes, set[UUID | None]] = defaultdict(set)
    for one in sales:
        if one.browser:
            seen[one.browser_key].add(one.customer_id)
    return {browser for browser, people in seen.items() if len(people) > _HOUSEHOLD}


def _edges(sales: Sequence[Sale]) -> list[int]:
    """Return the amounts at which the next third of sales begins."""
    amounts = sorted(one.total_rial for one in sales)
    return [amounts[len(amounts) * n // _BANDS] for n in range(1, _BANDS)] if amounts else []


def _served(sale: Sale, edges: Sequence[int], value: int) -> Served:
    whom = ("first" if sale.is_first else "again") if sale.is_asked else ""
    band = sum(sale.total_rial >= edge for edge in edges)
    return Served(sale.id, sale.employee_id, (sale.branch_id, band), whom, value)


def _counts(told: Counter[str]) -> Counts:
    return Counts(told["asked"], told["answers"], told["content"], told["nameless"], told["void"])
