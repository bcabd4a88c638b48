"""How everybody with instalments pays, one row each, for the statements of apps above."""

from typing import Final

from payments.queries.instalments import grade as card

# The published scorecard of `grade`, over everybody at once; a test holds the two against each
# other. Parameters: business, today, since (the first day that counts against somebody), grace.
PAYING: Final = f"""
SELECT *, CASE WHEN n >= {card.FEWEST} THEN greatest(0, least(100,
    {card.START} + {card.ON_TIME_ADDS} * on_time / n
    + CASE WHEN consents THEN {card.CONSENT_ADDS} ELSE 0 END
    - least({card.PER_LATE_DAY} * average, {card.MOST_FOR_LATE_DAYS})
    - least({card.PER_FAILED_DEBIT} * failed, {card.MOST_FOR_FAILED})
    - CASE WHEN overdue THEN {card.OVERDUE_NOW} ELSE 0 END)) END AS grade
FROM (
    SELECT parts.customer_id, count(*) AS n, count(*) FILTER (WHERE late = 0) AS on_time,
           count(*) FILTER (WHERE due_on >= %(since)s::date) AS lately,
           count(*) FILTER (WHERE due_on >= %(since)s::date AND late > 0) AS late_lately,
           round(sum(late)::float8 / count(*))::int AS average,
           bool_or(paid_on IS NULL AND late > 0) AS overdue,
           coalesce(max(f.failed), 0) AS failed, bool_or(m.customer_id IS NOT NULL) AS consents
    FROM (
        SELECT p.customer_id, i.due_on, i.paid_on,
               greatest(coalesce(i.paid_on, %(today)s::date) - i.due_on - %(grace)s::int, 0) AS late
        FROM payments_instalment i JOIN payments_instalmentplan p
          ON p.business_id = %(business)s AND p.id = i.plan_id
        WHERE i.business_id = %(business)s AND i.state <> 'waived'
          AND (i.due_on <= %(today)s::date OR i.state = 'paid')
    ) AS parts LEFT JOIN (
        SELECT customer_id, count(*) AS failed FROM payments_debit
        WHERE business_id = %(business)s AND state IN ('failed', 'reversed_late')
          AND ended_at::date >= %(today)s::date - 365 GROUP BY customer_id
    ) AS f USING (customer_id) LEFT JOIN (
        SELECT DISTINCT customer_id FROM payments_mandate
        WHERE business_id = %(business)s AND state = 'active'
    ) AS m USING (customer_id) GROUP BY parts.customer_id
) AS sums
"""  # noqa: S608 - the parts are constants
