"""When addresses last had an offer or news, for the statements of apps above."""

from typing import Final

# Receipts, codes and surveys are no effort made for somebody. Parameters: business.
REACHED: Final = """
SELECT address, max(sent_at) AS reached_at FROM messaging_message
WHERE business_id = %(business)s AND purpose = 'marketing' AND state IN ('sent', 'delivered')
GROUP BY address
"""
