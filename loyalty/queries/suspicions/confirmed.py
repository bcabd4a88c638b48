"""Signs of misuse that a person at the business confirmed, for the statements of apps above."""

from typing import Final

# Parameters: business, since (day), today.
CONFIRMED: Final = """
SELECT customer_id, count(*) AS signs, max("on") AS newest_on,
       array_agg(DISTINCT rule ORDER BY rule) AS rules
FROM loyalty_suspicion
WHERE business_id = %(business)s AND customer_id IS NOT NULL AND state = 'seen'
  AND "on" BETWEEN %(since)s::date AND %(today)s::date
GROUP BY customer_id
"""
