"""Sales to a few customers, and whom a rule finds among them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from customers.operations import CustomerHint, NewLine, record_purchases
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import read_rule
from segmentation.queries.own.statement import asked_now, statement
from tests.customers.conftest import sale

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
GOODS = ("tea", "cake", "salad")


def buy(who: int, days_ago: int, *skus: str, rial: int = 100, **more: Any) -> Any:
    lines = tuple(
        NewLine(unit_price_rial=rial, sku=sku, name=sku.upper(), category=f"c-{sku}")
        for sku in skus
    )
    new = sale(
        rial * max(len(skus), 1),
        customer=CustomerHint(mobile=f"0912000000{who}"),
        occurred_at=NOW - timedelta(days=days_ago),
        **({"lines": lines, "tenders": ()} if skus else {}),
        **more,
    )
    (outcome,) = record_purchases(purchases=[new], source="api", now=NOW)
    assert outcome.error is None
    return outcome


def found(rule: Any, customers: Any = None) -> set[Any]:
    """Return whom a rule's statement finds."""
    known = names()
    asked = asked_now(NOW, customers)
    with connection.cursor() as cursor:
        cursor.execute(statement(read_rule(rule, known), asked, known), asked.values)
        return {row[0] for row in cursor.fetchall()}
