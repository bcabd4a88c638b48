"""Things that should hardly ever happen: a rule speaks from a fixed number on, which it shows."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection

from loyalty.enums import ReferralRefusal, SuspicionRule
from loyalty.queries.suspicions.hits import Hit, Span

LEAST: Final[Mapping[SuspicionRule, int]] = {
    SuspicionRule.SAME_TILL: 10,
    SuspicionRule.OWN_SALES: 1,
    SuspicionRule.STAFF_POINTS: 5,
    SuspicionRule.SELF_REFERRAL: 2,
    SuspicionRule.SPENT_RETURNED: 2,
    SuspicionRule.CORRECTIONS: 15,
    SuspicionRule.WRONG_CODES: 8,
}
# Why a recommendation counts as recommending oneself.
ONESELF: Final = (
    ReferralRefusal.SELF,
    ReferralRefusal.SAME_CARD,
    ReferralRefusal.SAME_CONTACT,
    ReferralRefusal.STAFF,
    ReferralRefusal.RING,
    ReferralRefusal.ONE_PERSON,
)
_MONTHS: Final = """
WITH month AS (
    SELECT * FROM unnest(%(months)s::date[], %(froms)s::timestamptz[], %(tos)s::timestamptz[])
        AS m (first, since, until)
)"""
# Somebody always served by the same of several sellers, and not only because that one sells most.
_SAME_TILL: Final = f"""{_MONTHS}, pair AS MATERIALIZED (
    SELECT m.first, p.customer_id, p.employee_id, count(*) AS n
    FROM month m JOIN customers_purchase p ON p.business_id = %(business)s
        AND p.occurred_at >= m.since AND p.occurred_at < m.until
    WHERE p.employee_id IS NOT NULL
    GROUP BY 1, 2, 3
), seller AS (
    SELECT first, employee_id, sum(n) AS n FROM pair GROUP BY 1, 2
), whole AS (
    SELECT first, sum(n) AS n FROM seller GROUP BY 1
), buyer AS (
    SELECT first, customer_id, sum(n) AS n FROM pair WHERE customer_id IS NOT NULL GROUP BY 1, 2
)
SELECT pair.customer_id, pair.employee_id, NULL::uuid, pair.first, pair.n
FROM pair JOIN buyer USING (first, customer_id) JOIN seller USING (first, employee_id)
    JOIN whole USING (first)
WHERE pair.n >= %(least)s AND pair.n >= 0.9 * buyer.n AND 2 * seller.n <= whole.n
ORDER BY pair.n DESC LIMIT %(most)s
"""  # noqa: S608 - the parts are constants
# Somebody rang up what they bought themselves, and had points for it: each is shown.
_OWN_SALES: Final = f"""{_MONTHS}
SELECT p.customer_id, p.employee_id, NULL::uuid, m.first, count(*)
FROM month m
    CROSS JOIN unnest(%(own)s::uuid[], %(sellers)s::uuid[]) AS o (customer_id, employee_id)
    JOIN customers_purchase p ON p.business_id = %(business)s
        AND p.customer_id = o.customer_id AND p.employee_id = o.employee_id
        AND p.occurred_at >= m.since AND p.occurred_at < m.until
    JOIN loyalty_lot l ON l.business_id = p.business_id AND l.id = p.id AND l.earned_points > 0
GROUP BY 1, 2, 4 HAVING count(*) >= %(least)s ORDER BY 5 DESC LIMIT %(most)s
"""  # noqa: S608 - the parts are constants
_STAFF_POINTS: Final = f"""{_MONTHS}
SELECT p.customer_id, NULL::uuid, NULL::uuid, m.first, count(*)
FROM month m JOIN customers_purchase p ON p.business_id = %(business)s
        AND p.customer_id = ANY(%(here)s::uuid[])
        AND p.occurred_at >= m.since AND p.occurred_at < m.until
    JOIN loyalty_lot l ON l.business_id = p.business_id AND l.id = p.id AND l.earned_points > 0
GROUP BY 1, 4 HAVING count(*) >= %(least)s ORDER BY 5 DESC LIMIT %(most)s
"""  # noqa: S608 - the parts are constants
_SELF_REFERRAL: Final = f"""{_MONTHS}
SELECT r.referrer_id, NULL::uuid, NULL::uuid, m.first, count(*)
FROM month m JOIN loyalty_referral r ON r.business_id = %(business)s
        AND r.made_at >= m.since AND r.made_at < m.until
WHERE r.refusal = ANY(%(oneself)s)
GROUP BY 1, 4 HAVING count(*) >= %(least)s ORDER BY 5 DESC LIMIT %(most)s
"""  # noqa: S608 - the parts are constants
# A return that could not be taken from its own lot: those points were spent already.
_SPENT_RETURNED: Final = f"""{_MONTHS}
SELECT e.customer_id, NULL::uuid, NULL::uuid, m.first, count(DISTINCT e.purchase_id)
FROM month m JOIN loyalty_ledgerentry e ON e.business_id = %(business)s
        AND e.at >= m.since AND e.at < m.until
WHERE e.kind = 'clawback' AND e.points < 0 AND e.purchase_id IS NOT NULL
    AND e.lot_id IS DISTINCT FROM e.purchase_id AND e.data ->> 'disowned' IS NULL
GROUP BY 1, 4 HAVING count(DISTINCT e.purchase_id) >= %(least)s ORDER BY 5 DESC LIMIT %(most)s
"""  # noqa: S608 - the parts are constants
_CORRECTIONS: Final = f"""{_MONTHS}
SELECT NULL::uuid, NULL::uuid, c.asker_id, m.first, count(*)
FROM month m JOIN loyalty_correction c ON c.business_id = %(business)s
        AND c.asked_at >= m.since AND c.asked_at < m.until
WHERE c.points > 0 AND c.state IN ('applied', 'approved')
GROUP BY 3, 4 HAVING count(*) >= %(least)s ORDER BY 5 DESC LIMIT %(most)s
"""  # noqa: S608 - the parts are constants
_WRONG_CODES: Final = """
SELECT customer_id, NULL::uuid, NULL::uuid, (sent_at AT TIME ZONE %(zone)s)::date,
    sum(tries - (state = 'used')::int) AS wrong
FROM customers_onetimecode
WHERE business_id = %(business)s AND customer_id IS NOT NULL
    AND sent_at >= %(since_at)s AND sent_at < %(until_at)s
GROUP BY 1, 4 HAVING sum(tries - (state = 'used')::int) >= %(least)s
ORDER BY 5 DESC LIMIT %(most)s
"""
_STATEMENTS: Final[Mapping[SuspicionRule, str]] = {
    SuspicionRule.SAME_TILL: _SAME_TILL,
    SuspicionRule.OWN_SALES: _OWN_SALES,
    SuspicionRule.STAFF_POINTS: _STAFF_POINTS,
    SuspicionRule.SELF_REFERRAL: _SELF_REFERRAL,
    SuspicionRule.SPENT_RETURNED: _SPENT_RETURNED,
    SuspicionRule.CORRECTIONS: _CORRECTIONS,
    SuspicionRule.WRONG_CODES: _WRONG_CODES,
}


def counted(span: Span, *, here: Collection[UUID], own: Collection[tuple[UUID, UUID]]) -> list[Hit]:
    """Return what of the span reaches a rule's number.

    `here` are profiles of who works here, `own` each employee's own: (profile, employee).
    """
    values = span.values | {
        "here": list(here),
        "own": [profile for profile, _employee in own],
        "sellers": [employee for _profile, employee in own],
        "oneself": [why.value for why in ONESELF],
    }
    return [hit for rule in _STATEMENTS for hit in _count(rule, values)]


def _count(rule: SuspicionRule, values: Mapping[str, Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENTS[rule], {**values, "least": LEAST[rule]})
        rows = cursor.fetchall()
    return [
        Hit(
            rule=rule,
            on=on,
            count=int(n),
            line=LEAST[rule],
            customer_id=customer,
            employee_id=employee,
            member_id=member,
        )
        for customer, employee, member, on, n in rows
    ]
