"""A shop with known customers, and the sales its tills send."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from psycopg2.extras import execute_values

from benchmarks import stage

CUSTOMERS: Final = 20_000
NEW_OF_HUNDRED: Final = 20
_BATCH: Final = 1000
_FIRST: Final = 100_000_000_000
_GOODS: Final = (
    ("latte", "لاته", "coffee", 450_000),
    ("carrot-cake", "کیک هویج", "cake", 620_000),
    ("water", "آب معدنی", "drink", 80_000),
)
_numbers: Final = count(1)


@dataclass(frozen=True, slots=True)
class Shop:
    """The business and its API key."""

    business_id: UUID
    key: str


def customer_id(number: int) -> UUID:
    """Return the id of the known customer `number`, from 1."""
    return UUID(f"0190beac-0000-7000-8000-{_FIRST + number}")


def mobile(number: int) -> str:
    """Return the mobile of the known customer `number` as a till sends it."""
    return f"0912{number:07d}"


def open_shop(customers: int = CUSTOMERS) -> Shop:
    """Found a business, make its customers known, and sell to each of them once."""
    from businesses.operations import issue_api_key  # noqa: PLC0415 - after Django's set-up

    now = datetime.now(UTC)
    business_id = stage.found_business("کافه سنجش", now)
    _introduce(business_id, customers, now)
    for first in range(1, customers + 1, _BATCH):
        _sell_once(business_id, range(first, min(first + _BATCH, customers + 1)), now)
    with stage.loader() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    _key, plaintext = issue_api_key(business_id=business_id, name="bench", now=now)
    return Shop(business_id, plaintext)


def _introduce(business_id: UUID, customers: int, now: datetime) -> None:
    """Write customers with ids that pgbench can compute from a number."""
    numbers = range(1, customers + 1)
    people = [
        (
            str(customer_id(n)),
            str(business_id),
            "active",
            f"مشتری {n}",
            f"+98{mobile(n)[1:]}",
            f"S{n:07d}",
            f"مشتری {n}",
            str(n),
            now,
        )
        for n in numbers
    ]
    totals = [
        (str(customer_id(n)), str(business_id), str(customer_id(n)), 0, 0, 0, 0) for n in numbers
    ]
    identities = _identities(business_id, numbers, now)
    with stage.loader() as cursor:
        execute_values(
            cursor,
            "INSERT INTO customers_customer (id, business_id, status, name,"
            " mobile, member_code, search_key, family_key, created_at) VALUES %s",
            people,
        )
        execute_values(
            cursor,
            "INSERT INTO customers_customertotals (id, business_id, customer_id,"
            " purchases, purchase_days, gross_rial, returned_rial) VALUES %s",
            totals,
        )
        execute_values(
            cursor,
            "INSERT INTO customers_customeridentity (id, business_id,"
            " customer_id, kind, value_hmac, hint, source, reason, created_at) VALUES %s",
            identities,
        )


def _identities(business_id: UUID, numbers: range, now: datetime) -> list[tuple[Any, ...]]:
    from core.ids import new_id  # noqa: PLC0415
    from customers.enums import IdentityKind  # noqa: PLC0415
    from customers.queries.identities import digest, key_of  # noqa: PLC0415

    key, kind = key_of(business_id), IdentityKind.MOBILE
    return [
        (
            str(new_id()),
            str(business_id),
            str(customer_id(n)),
            kind.value,
            digest(key, kind, f"+98{mobile(n)[1:]}"),
            mobile(n)[-4:],
            "bench",
            "new",
            now,
        )
        for n in numbers
    ]


def _sell_once(business_id: UUID, numbers: range, now: datetime) -> None:
    from core.tenancy import acting_for  # noqa: PLC0415
    from customers.operations import (  # noqa: PLC0415
        CustomerHint,
        NewPurchase,
        NewTender,
        record_purchases,
    )

    sales = [
        NewPurchase(
            external_id=f"first-{n}",
            channel="pos",
            customer=CustomerHint(mobile=mobile(n)),
            tenders=(NewTender(method="cash", amount_rial=1_000_000),),
        )
        for n in numbers
    ]
    with acting_for(business_id):
        outcomes = record_purchases(purchases=sales, source="bench", now=now)
    assert all(outcome.error is None for outcome in outcomes), outcomes[0].error


def sale(who: str) -> dict[str, Any]:
    """Return a sale of three lines to whoever has that mobile."""
    number = next(_numbers)
    lines: list[dict[str, Any]] = [
        {
            "sku": sku,
            "name": name,
            "category": category,
            "quantity": 1 + (number + i) % 3,
            "unit_price": price,
            "discount": 0,
            "attributes": {"table": str(number % 30)},
        }
        for i, (sku, name, category, price) in enumerate(_GOODS)
    ]
    total = sum(line["quantity"] * line["unit_price"] for line in lines)
    return {
        "external_id": f"inv-{stamp()}-{number}",
        "channel": "pos",
        "occurred_at": datetime.now(UTC).isoformat(),
        "customer": {"mobile": who, "name": "سارا محمدی"},
        "lines": lines,
        "tenders": [{"method": "pos", "amount": total, "reference": f"r{number}"}],
    }


def stamp() -> str:
    """Return what keeps the numbers of one run apart from those of another."""
    return _STAMP


_STAMP: Final = f"{datetime.now(UTC):%H%M%S}"


def sales(customers: int = CUSTOMERS, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Return endless sales, some to people never seen before."""
    draw = random.Random(seed)
    for _ in count():
        if draw.randrange(100) < NEW_OF_HUNDRED:
            yield sale(newcomer())
        else:
            yield sale(mobile(draw.randint(1, customers)))


def newcomer() -> str:
    """Return a mobile nobody had before."""
    return f"0935{next(_newcomers):07d}"


_newcomers: Final = count(1)


def as_bytes(document: Any) -> bytes:
    """Return the JSON a till would send."""
    return json.dumps(document, ensure_ascii=False).encode()
