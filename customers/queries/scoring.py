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
