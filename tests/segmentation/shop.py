"""A shop whose customers buy as a model says: purchases, and the totals the till would keep."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from django.db import connection

from core.tenancy import active_business_id
from segmentation.estimation import Buying, Family

_PEOPLE = """
INSERT INTO customers_customer
    (id, business_id, status, name, member_code, search_key, family_key, created_at)
SELECT id, %(business)s, 'active', 'shopper', id::text, 'shopper', '', now()
FROM unnest(%(customers)s::uuid[]) AS id
"""
_PURCHASES = """
INSERT INTO customers_purchase
    (id, business_id, customer_id, external_id, channel, source, occurred_at, local_date,
     total_rial, eligible_rial, returned_rial, matched_by, fingerprint, recorded_at)
SELECT gen_random_uuid(), %(business)s, who, gen_random_uuid()::text, 'pos', 'till',
       day + time '10:00', day, rial, rial, 0, 'mobile', '\\x00', day
FROM unnest(%(who)s::uuid[], %(days)s::date[], %(rials)s::bigint[]) AS p (who, day, rial)
"""
_TOTALS = """
INSERT INTO customers_customertotals
    (id, business_id, customer_id, purchases, purchase_days, gross_rial, returned_rial,
     first_on, last_on)
SELECT customer_id, business_id, customer_id, count(*), count(DISTINCT local_date),
       sum(total_rial), 0, min(local_date), max(local_date)
FROM customers_purchase
WHERE business_id = %(business)s AND customer_id = ANY(%(customers)s::uuid[])
GROUP BY customer_id, business_id
"""


def sell(model: Buying, people: int, now: datetime, *, seed: int, longest: int = 700) -> None:
    """Let customers of the active business buy until today, all by themselves."""
    rng, today = np.random.default_rng(seed), now.date()
    customers = [str(uuid4()) for _ in range(people)]
    who, days, rials = [], [], []
    for customer in customers:
        age = int(rng.integers(1, longest))
        first = today - timedelta(days=age)
        usual = 1_000_000 * rng.lognormal(sigma=0.5)
        for day in _days(model, age, rng):
            who.append(customer)
            days.append(first + timedelta(days=day))
            rials.append(int(usual * rng.lognormal(sigma=0.3)))
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customers": customers,
        "who": who,
        "days": days,
        "rials": rials,
    }
    with connection.cursor() as cursor:
        for statement in (_PEOPLE, _PURCHASES, _TOTALS):
            cursor.execute(statement, values)


def _days(model: Buying, age: int, rng: np.random.Generator) -> list[int]:
    """Return the days of one customer's purchases after the first, which is day 0."""
    rate, leaving = rng.gamma(model.r, 1 / model.alpha), rng.beta(model.a, model.b)
    days, time = [0], 0.0
    if model.family is Family.MBG and rng.random() < leaving:
        return days
    while True:
        time += rng.exponential(1 / rate)
        if time > age:
            return days
        day = int(np.ceil(time))
        if day > days[-1]:
            days.append(min(day, age))
        if rng.random() < leaving:
            return days


def total() -> None:
    """Write the totals of every customer of the active business who has none."""
    sql = _TOTALS.replace(
        "customer_id = ANY(%(customers)s::uuid[])",
        "customer_id NOT IN (SELECT id FROM customers_customertotals"
        " WHERE business_id = %(business)s)",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id()})
