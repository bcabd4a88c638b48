"""What scoring reads of customers: their running totals."""

from typing import Final

# For set-based statements of the apps above, so that they need not know our tables. Parameters:
# business (UUID) and customers (list of UUID, or None for everybody with a purchase).
# Who was erased is counted in the sums, and is in no segment.
SCORING_TOTALS: Final = """
SELECT customer_id, last_on, purchase_days::bigint AS frequency,
       gross_rial - returned_rial AS monetary
FROM customers_customertotals
WHERE business_id = %(business)s AND purchase_days > 0
  AND id NOT IN (SELECT id FROM customers_customer
                 WHERE business_id = %(business)s AND status = 'erased')
  AND (%(customers)s::uuid[] IS NULL OR id = ANY (%(customers)s::uuid[]))
"""

# What models of buying need of everybody, in days since the first purchase; the purse is net of
# returns. Parameters: business, today.
SCORING_HISTORIES: Final = """
SELECT customer_id, purchase_days - 1 AS repeats, last_on - first_on AS last,
       greatest(%(today)s::date, last_on) - first_on AS age, gross_rial - returned_rial AS net
FROM customers_customertotals
WHERE business_id = %(business)s AND purchase_days > 0
  AND id NOT IN (SELECT id FROM customers_customer
                 WHERE business_id = %(business)s AND status = 'erased')
"""

# The same as it was known at the end of a past day (`cut`), with whether they came in the days
# until another (`until`). Parameters: business, cut, until.
SCORING_SPLIT: Final = """
SELECT (count(DISTINCT local_date) FILTER (WHERE local_date <= %(cut)s))::int - 1 AS repeats,
       max(local_date) FILTER (WHERE local_date <= %(cut)s) - min(local_date) AS last,
       %(cut)s::date - min(local_date) AS age, (max(local_date) > %(cut)s::date)::int AS came
FROM customers_purchase
WHERE business_id = %(business)s AND customer_id IS NOT NULL AND local_date <= %(until)s::date
  AND customer_id NOT IN (SELECT id FROM customers_customer
                          WHERE business_id = %(business)s AND status = 'erased')
GROUP BY customer_id HAVING min(local_date) <= %(cut)s::date
"""
