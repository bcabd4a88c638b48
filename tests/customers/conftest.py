"""Makers of purchases for the tests of customers."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from customers.operations import NewPurchase, NewTender, PurchaseOutcome, record_purchases

_numbers = count(1)


def sale(amount_rial: int = 900_000, **fields: Any) -> NewPurchase:
    """Return a purchase of that amount, paid at the terminal, numbered by itself."""
    facts: dict[str, Any] = {
        "external_id": f"inv-{next(_numbers)}",
        "channel": "pos",
        "tenders": (NewTender(method="pos", amount_rial=amount_rial),),
    }
    return NewPurchase(**(facts | fields))


@pytest.fixture
def record(now: Any) -> Callable[..., list[PurchaseOutcome]]:
    """Return `record(*purchases)`: outcomes, in the scope the test is in."""

    def run(*purchases: NewPurchase, source: str = "api", at: Any = None) -> list[PurchaseOutcome]:
        return record_purchases(purchases=purchases, source=source, now=at or now)

    return run


@pytest.fixture
def record_one(
    record: Callable[..., list[PurchaseOutcome]],
) -> Callable[..., PurchaseOutcome]:
    """Return `record_one(purchase)`: its outcome; a refusal is raised."""

    def run(purchase: NewPurchase, **options: Any) -> PurchaseOutcome:
        (outcome,) = record(purchase, **options)
        if outcome.error:
            raise outcome.error
        return outcome

    return run


@pytest.fixture
def body() -> dict[str, Any]:
    """Return the example of the API's documentation."""
    return {
        "external_id": "inv-1001",
        "channel": "pos",
        "occurred_at": "2026-11-22T10:00:00+03:30",
        "customer": {"mobile": "09121234567", "name": "سارا کریمی"},
        "lines": [
            {
                "sku": "latte",
                "name": "لاته",
                "category": "coffee",
                "quantity": 2,
                "unit_price": 450000,
                "discount": 0,
                "attributes": {"table": "7"},
            }
        ],
        "tenders": [
            {
                "method": "pos",
                "amount": 900000,
                "reference": "ref-1",
                "card": {"masked_pan": "603799******4431", "hash": "0f1e2d"},
            }
        ],
    }
