"""When addresses last had an offer or news, for the statements of apps above."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import Max

from messaging.enums import MessageState, Purpose
from messaging.models import Message

# Receipts, codes and surveys are no effort made for somebody. Parameters: business.
REACHED: Final = """
SELECT address, max(sent_at) AS reached_at FROM messaging_message
WHERE business_id = %(business)s AND purpose = 'marketing' AND state IN ('sent', 'delivered')
GROUP BY address
"""


def reached_at(addresses: Collection[str]) -> dict[str, datetime]:
    """Return when a few addresses last had an offer or news; the others are left out. One query."""
    rows = Message.objects.filter(
        address__in=list(addresses),
        purpose=Purpose.MARKETING,
        state__in=(MessageState.SENT, MessageState.DELIVERED),
    )
    return {
        address: at for address, at in rows.values_list("address").annotate(at=Max("sent_at")) if at
    }
