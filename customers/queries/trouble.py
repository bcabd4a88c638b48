"""Whether a customer has reason to be left in peace."""

from typing import Final

# For statements of other apps: whether `{person}`, a row of customers, has an open complaint or an
# unhappy answer nobody has settled yet.
OPEN_TROUBLE_SQL: Final = """
EXISTS (SELECT 1 FROM customers_case trouble
        WHERE trouble.business_id = {person}.business_id AND trouble.customer_id = {person}.id
          AND trouble.state = 'open' AND trouble.kind IN ('complaint', 'low_score'))
"""
