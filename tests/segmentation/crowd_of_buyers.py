"""Made-up ordinary customers, and a few who are not: sales, returns, complaints, dues."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from django.db import connection

from core.tenancy import active_business_id
from tests.statistics_of_tables import analyse

_PEOPLE = """
INSERT INTO customers_customer
    (id, business_id, status, name, member_code, search_key, family_key, created_at)
SELECT id, %(business)s, 'active', 'buyer', id::text, 'buyer', '', now()
FROM unnest(%(people)s::uuid[]) AS id
"""
_SALES = """
WITH sold AS (
    INSERT INTO customers_purchase
        (id, business_id, customer_id, external_id, channel, source, occurred_at, local_date,
         total_rial, eligible_rial, returned_rial, matched_by, fingerprint, recorded_at)
    SELECT id, %(business)s, who, id::text, 'pos', 'till', day + time '10:00', day, 1000, 1000,
           CASE WHEN back THEN 500 ELSE 0 END, 'mobile', '\\x00', day
    FROM unnest(%(ids)s::uuid[], %(who)s::uuid[], %(days)s::date[], %(back)s::bool[])
        AS p (id, who, day, back)
)
INSERT INTO customers_purchaseline
    (id, business_id, purchase_id, position, sku, name, category, quantity, unit_price_rial,
     discount_rial, total_rial, returned_rial, attributes)
SELECT gen_random_uuid(), %(business)s, id, 1, 'x', 'x', 'x', 1, 1000 + off, off, 1000,
       CASE WHEN back THEN 500 ELSE 0 END, '{}'
FROM unnest(%(ids)s::uuid[], %(off)s::int[], %(back)s::bool[]) AS l (id, off, back)
"""
_CASES = """
INSERT INTO customers_case
    (id, business_id, kind, state, title, detail, customer_id, source_ref, opened_at, resolved_at,
     resolution, was_right)
SELECT gen_random_uuid(), %(business)s, 'complaint', 'resolved', 'x', '', who, '', day, day, 'x',
       was_right
FROM unnest(%(who)s::uuid[], %(days)s::date[], %(right)s::bool[]) AS c (who, day, was_right)
"""
_PLANS = """
INSERT INTO payments_instalmentplan
    (id, business_id, customer_id, purchase_id, external_id, fingerprint, title, total_rial,
     down_rial, credit_rial, paid_rial, state, token, created_at, created_by, late_fee_rial,
     late_fee_after_days)
SELECT plan, %(business)s, who, sale, plan::text, '', '', 1200, 0, 1200, 1200, 'active',
       plan::text, now(), '', 0, 0
FROM unnest(%(plans)s::uuid[], %(whose)s::uuid[], %(sales)s::uuid[]) AS p (plan, who, sale)
"""
_PARTS = """
INSERT INTO payments_instalment
    (id, business_id, plan_id, number, due_on, amount_rial, state, steps, paid_on)
SELECT gen_random_uuid(), %(business)s, plan, number, due, 100, 'paid', 0, due + late
FROM unnest(%(of)s::uuid[], %(numbers)s::int[], %(dues)s::date[], %(late)s::int[])
    AS i (plan, number, due, late)
"""
_PARTS_EACH = 12


@dataclass(frozen=True)
class Manners:
    """How often, of things done, a customer gives back, buys cheap, complains or pays late."""

    back: float
    cheap: float
    moans: float
    late: float
    right: float = 0.4


def ordinary(rng: np.random.Generator) -> Manners:
    """Return an ordinary customer's manners: nobody is exactly like the average."""
    return Manners(
        back=rng.beta(2, 23), cheap=rng.beta(3, 12), moans=rng.beta(1, 24), late=rng.beta(2, 14)
    )


def fill(manners: list[Manners], today: date, *, seed: int) -> list[str]:
    """Let these customers of the active business buy for two years; return their ids in order."""
    rng = np.random.default_rng(seed)
    people = [str(uuid4()) for _one in manners]
    rows: dict[str, list[Any]] = {
        name: []
        for name in ("ids", "who", "days", "back", "off", "plans", "whose", "sales", "of",
                     "numbers", "dues", "late")
    }  # fmt: skip
    cases: dict[str, list[Any]] = {"who": [], "days": [], "right": []}
    for who, one in zip(people, manners, strict=True):
        _buys(who, one, today, rng, rows, cases)
        _pays(who, one, today, rng, rows)
    given = {"business": active_business_id(), "people": people, **rows}
    _run(_PEOPLE, given)
    _run(_SALES, given)
    _run(_CASES, {"business": active_business_id(), **cases})
    _run(_PLANS, given)
    _run(_PARTS, given)
    analyse("customers_customer", "customers_purchase", "payments_instalmentplan")
    return people


def _buys(who: str, one: Manners, today: date, rng: Any, rows: Any, cases: Any) -> None:
    for _sale in range(max(int(rng.negative_binomial(3, 0.2)), 1)):
        day = today - timedelta(days=int(rng.integers(1, 720)))
        rows["ids"].append(str(uuid4()))
        rows["who"].append(who)
        rows["days"].append(day)
        rows["back"].append(bool(rng.random() < one.back))
        rows["off"].append(1_000 if rng.random() < one.cheap else 0)
        if rng.random() < one.moans:
            cases["who"].append(who)
            cases["days"].append(day)
            cases["right"].append(bool(rng.random() < one.right))


def _pays(who: str, one: Manners, today: date, rng: Any, rows: Any) -> None:
    if rng.random() < 0.3 or one.late > 0.5:
        plan = str(uuid4())
        rows["plans"].append(plan)
        rows["whose"].append(who)
        rows["sales"].append(rows["ids"][-1])
        for number in range(1, _PARTS_EACH + 1):
            rows["of"].append(plan)
            rows["numbers"].append(number)
            rows["dues"].append(today - timedelta(days=30 * number))
            rows["late"].append(10 if rng.random() < one.late else 0)


def _run(sql: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
