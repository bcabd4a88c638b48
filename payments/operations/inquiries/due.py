"""Questions whose asker died: ended, so that they can be asked again."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from core.tenancy import acting_for
from payments.models import Inquiry
from payments.operations.inquiries.open import end_unanswered

_LOST: Final = """
SELECT business_id, id FROM payments_inquiry
WHERE leased_until <= %(now)s ORDER BY leased_until LIMIT %(limit)s
"""


def _end(business_id: UUID, inquiry_id: UUID, now: datetime) -> bool:
    with acting_for(business_id, durable=True):
        lost = Inquiry.objects.select_for_update(skip_locked=True)
        row = lost.filter(id=inquiry_id, leased_until__lte=now).first()
        if row is None:
            return False
        end_unanswered(row, "lost")
        return True


DUE: Final[tuple[tuple[str, Callable[[UUID, UUID, datetime], bool]], ...]] = ((_LOST, _end),)
