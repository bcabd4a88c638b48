"""Forgetting codes and counts that say nothing any more."""

from datetime import datetime, timedelta
from typing import Final

from core.tenancy import operation
from customers.models import CodeMeter, OneTimeCode

_KEPT: Final = timedelta(days=30)


@operation
def forget_codes(*, now: datetime) -> int:
    """Delete what is older than thirty days; return how many codes."""
    before = now - _KEPT
    CodeMeter.objects.filter(day__lt=before.date()).delete()
    deleted, _per_model = OneTimeCode.objects.filter(sent_at__lt=before).delete()
    return deleted
